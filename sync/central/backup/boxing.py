"""What is in a backup: `manifest.json`, `database`, and `keys/`, as a tar in a strongbox."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from sync.central.errors import BackupRefused
from sync.errors import BadMessage, BadSeal
from sync.strongbox import Opened, Strongbox
from sync.whole import whole
from sync.wire import decode, encode

MANIFEST, DATABASE, KEYS = "manifest.json", "database", "keys"
_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 1024 * 1024


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. `engine` is `sqlite` or `postgresql`, `files` SHA-256 by name."""

    made_at: datetime
    version: str
    engine: str
    files: dict[str, str]


def seal(
    files: Mapping[str, Path], about: Mapping[str, object], out: BinaryIO, key: bytes
) -> Manifest:
    """Seal these files, by their names in the backup, to the public `key`."""
    digests = {name: _digest(path) for name, path in files.items()}
    manifest = msgspec.convert({**about, "files": digests}, Manifest)
    box = Strongbox(out, key)
    with tarfile.open(fileobj=box, mode="w|") as tar:  # type: ignore[call-overload]
        _add_manifest(tar, manifest)
        for name, path in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = path.stat().st_size, 0o600
            with path.open("rb") as content:
                tar.addfile(entry, content)
    box.finish()
    return manifest


def unseal(source: BinaryIO, key: bytes, folder: Path) -> Manifest:
    """Lay all of it into an empty folder, checked; `key` is the private half.

    Raises:
        BackupRefused: another key's, changed, cut off, or no backup of central's.
    """
    try:
        opened = Opened(source, key)
        with tarfile.open(fileobj=opened, mode="r|") as tar:  # type: ignore[call-overload]
            entries = _entries(tar)
            manifest = decode(next(entries)[1].read(_LARGEST_MANIFEST), Manifest)
            digests = {name: _lay(folder / name, content) for name, content in entries}
        opened.insist_on_end()
    except (BadSeal, BadMessage) as error:
        raise BackupRefused(str(error)) from error
    except (tarfile.TarError, StopIteration) as error:
        raise BackupRefused("not a backup of central's") from error
    if digests != manifest.files or DATABASE not in digests:
        raise BackupRefused("damaged: not what its manifest says")
    return manifest


def _entries(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    """Plain files of the names that a backup may have, the manifest first."""
    for number, entry in enumerate(tar):
        content, parts = tar.extractfile(entry), Path(entry.name).parts
        is_key = len(parts) == 2 and parts[0] == KEYS and ".." not in parts
        is_known = entry.name == MANIFEST if number == 0 else entry.name == DATABASE or is_key
        if content is None or not is_known:
            raise BackupRefused("not a backup of central's: it holds something else")
        yield entry.name, content


def _add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    content = encode(manifest)
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _lay(path: Path, content: IO[bytes]) -> str:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256()
    with whole(path) as out:
        while piece := content.read(_PIECE):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
