"""A bundle that somebody brought: who signed it, what it says, and what is in it.

Nothing of it is believed before its manifest's signature was compared with the keys of this
box, and nothing is written that the manifest does not list. A bundle has its manifest first
and its signature second (`make bundle`, `deploy/sign`), so a strange one is left unread.
"""

import base64
import binascii
import hashlib
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Annotated

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from kiosk.errors import BundleRefused, ReleaseRefused

LARGEST_MANIFEST, LARGEST_SIGNATURE = 8 << 20, 4096
_CHUNK = 1 << 20
_SAFE = re.compile(r"[0-9A-Za-z_@%+=:,.~ -]+(?:/[0-9A-Za-z_@%+=:,.~ -]+)*")
_COPY_AGAIN = "next: copy it again"

Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9][0-9A-Za-z.+~-]{0,63}$")]


class Listed(msgspec.Struct, frozen=True):
    """A file of the bundle."""

    sha256: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle says of itself. `store` is the reading that its release will ask for of
    whoever opens the store after it (`sync.migrations`)."""

    version: Version
    suite: str
    arch: str
    python: str
    files: dict[str, Listed]
    store: int = 0


def read_manifest(path: Path, keys: Path) -> Manifest:
    """What the bundle at `path` says, once a key in the file `keys` was found to have signed it.

    Raises:
        BundleRefused: no bundle, not signed, or by nobody whom this box believes.
        ReleaseRefused: this box believes nobody, or there is no such file.
    """
    trusted = read_keys(keys)
    with _reading(path) as tar:
        raw = _first(tar, "manifest.json", LARGEST_MANIFEST)
        try:
            signature = base64.b64decode(_first(tar, "manifest.sig", LARGEST_SIGNATURE))
        except binascii.Error:
            signature = b""
    if not any(_is_by(key, raw, signature) for key in trusted):
        raise BundleRefused(f"{path.name} is not signed by a key in {keys}; next: ask who made it")
    try:
        return msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BundleRefused(f"{path.name}: manifest.json: {error}; {_COPY_AGAIN}") from error


def read_keys(keys: Path) -> list[VerifyKey]:
    """The keys in `release.pub`, base64, one a line. Raises ReleaseRefused: there is none."""
    try:
        lines = [line.strip() for line in keys.read_text().splitlines()]
        found = [VerifyKey(base64.b64decode(line)) for line in lines if line and line[0] != "#"]
    except OSError as error:
        raise ReleaseRefused(
            f"{keys}: {error.strerror}; next: put the public key of whoever signs there"
        ) from error
    except ValueError as error:
        raise ReleaseRefused(
            f"{keys}: not keys, base64, one a line; next: put the signer's there"
        ) from error
    if not found:
        raise ReleaseRefused(f"{keys} names nobody; next: put the signer's public key there")
    return found


def unpack(path: Path, manifest: Manifest, target: Path, *, without: str = "") -> None:
    """Write the files that the manifest lists into `target`, and no other.

    Those below the folder `without` are read and compared, but not written.

    Raises:
        BundleRefused: a file is missing, changed, one too many, or leads elsewhere.
        OSError: the disk takes no more.
    """
    missing = dict(manifest.files)
    with _reading(path) as tar:
        (target / "manifest.json").write_bytes(_first(tar, "manifest.json", LARGEST_MANIFEST))
        _first(tar, "manifest.sig", LARGEST_SIGNATURE)
        while (member := tar.next()) is not None:
            name = _inner_name(member)
            listed = missing.pop(name, None)
            content = tar.extractfile(member) if listed and member.isreg() else None
            if listed is None or content is None:
                raise BundleRefused(f"{path.name}: {name} does not belong into it; {_COPY_AGAIN}")
            is_left_out = bool(without) and name.startswith(f"{without}/")
            _write(content, None if is_left_out else target / name, listed, name)
    for name in missing:
        raise BundleRefused(f"{path.name}: {name} is missing; {_COPY_AGAIN}")


def _write(content: IO[bytes], target: Path | None, listed: Listed, name: str) -> None:
    """Copy, and compare on the way."""
    digest, length = hashlib.sha256(), 0
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with (target or Path("/dev/null")).open("wb") as file:
        while length <= listed.bytes and (chunk := content.read(_CHUNK)):
            digest.update(chunk)
            length += len(chunk)
            file.write(chunk)
    if length != listed.bytes or digest.hexdigest() != listed.sha256:
        raise BundleRefused(f"{name} is not what was built: the bundle is damaged; {_COPY_AGAIN}")


@contextmanager
def _reading(path: Path) -> Iterator[tarfile.TarFile]:
    """The file as it comes, from its beginning."""
    try:
        with tarfile.open(path, "r|") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise BundleRefused(f"{path.name} is not a whole bundle; {_COPY_AGAIN}") from error
    except FileNotFoundError as error:
        raise ReleaseRefused(f"{path}: {error.strerror}; next: ls -l {path}") from error


def _first(tar: tarfile.TarFile, name: str, most: int) -> bytes:
    """The next file, which has to be this one."""
    member = tar.next()
    if member is None or _inner_name(member) != name:
        if name == "manifest.sig":
            raise BundleRefused("the bundle is not signed; next: deploy/sign, where it was made")
        raise BundleRefused(f"not a bundle: it does not begin with {name}; next: make bundle")
    content = tar.extractfile(member) if member.isreg() and member.size <= most else None
    if content is None:
        raise BundleRefused(f"{name} is no file, or too large; {_COPY_AGAIN}")
    return content.read(most)


def _inner_name(member: tarfile.TarInfo) -> str:
    """Its name below the bundle's own folder. Raises BundleRefused: it leads elsewhere."""
    path = PurePosixPath(member.name)
    name = "/".join(path.parts[1:])
    if not _SAFE.fullmatch(member.name) or ".." in path.parts or not name:
        raise BundleRefused(f"{member.name!r} leads out of the bundle; next: ask who made it")
    return name


def _is_by(key: VerifyKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True
