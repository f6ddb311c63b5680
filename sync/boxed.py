"""Files in a strongbox: a tar with `manifest.json` first, and the digests of all in it.

What a device and what central backs up differ in what may be in it, and in what they do with it.
"""

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, BinaryIO, Protocol, TypeVar

import msgspec

from sync.errors import BadMessage, BadSeal
from sync.strongbox import Opened, Strongbox
from sync.whole import whole
from sync.wire import decode, encode

MANIFEST = "manifest.json"
_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 1024 * 1024


class Listing(Protocol):
    """A manifest: `files` are SHA-256 by name."""

    @property
    def files(self) -> dict[str, str]:
        """Of all but the manifest."""


AnyListing = TypeVar("AnyListing", bound=Listing)
Contents = Mapping[str, Path | bytes]
"""What is to be in it, by name: a file, or what would stand in one."""


def digests_of(contents: Contents) -> dict[str, str]:
    """The SHA-256 of each, in hex."""
    return {name: _digest(content) for name, content in contents.items()}


def seal(contents: Contents, manifest: msgspec.Struct, out: BinaryIO, key: bytes) -> None:
    """Seal manifest and contents to the public `key`."""
    box = Strongbox(out, key)
    with tarfile.open(fileobj=box, mode="w|") as tar:  # type: ignore[call-overload]
        for name, content in {MANIFEST: encode(manifest), **contents}.items():
            entry = tarfile.TarInfo(name)
            entry.mode = 0o600
            with _opened(content) as file:
                entry.size = file.seek(0, io.SEEK_END)
                file.seek(0)
                tar.addfile(entry, file)
    box.finish()


def unseal(
    source: BinaryIO,
    key: bytes,
    folder: Path,
    shape: type[AnyListing],
    may_hold: Callable[[str], bool],
) -> AnyListing:
    """Lay all of it into a folder, durably and checked; its manifest. `key` is the private half.

    Raises:
        BadSeal: another key's, changed, or cut off.
        BadMessage: not such a backup, or it holds what it may not; some of it may be laid.
    """
    opened = Opened(source, key)
    try:
        with tarfile.open(fileobj=opened, mode="r|") as tar:  # type: ignore[call-overload]
            entries = _entries(tar, may_hold)
            name, content = next(entries, ("", io.BytesIO()))
            if name != MANIFEST:
                raise BadMessage("not a backup of ours: no manifest")
            manifest = decode(content.read(_LARGEST_MANIFEST), shape)
            laid = {name: _lay(folder / name, content) for name, content in entries}
    except tarfile.TarError as error:
        raise BadMessage("not a backup of ours: no archive") from error
    opened.insist_on_end()
    if laid != manifest.files:
        raise BadSeal("damaged: not what its manifest says")
    return manifest


def is_in(name: str, folder: str) -> bool:
    """Whether `name` is a plain file right below `folder`."""
    parts = Path(name).parts
    return len(parts) == 2 and parts[0] == folder and ".." not in parts


def _entries(
    tar: tarfile.TarFile, may_hold: Callable[[str], bool]
) -> Iterator[tuple[str, IO[bytes]]]:
    """Plain files of the names that may be there, the manifest first and once."""
    for number, entry in enumerate(tar):
        content = tar.extractfile(entry)
        is_known = entry.name == MANIFEST if number == 0 else may_hold(entry.name)
        if content is None or not is_known:
            raise BadMessage("not a backup of ours: it holds something else")
        yield entry.name, content


def _lay(path: Path, content: IO[bytes]) -> str:
    """Write a file durably; its SHA-256."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256()
    with whole(path) as out:
        while piece := content.read(_PIECE):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _opened(content: Path | bytes) -> BinaryIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _digest(content: Path | bytes) -> str:
    with _opened(content) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
