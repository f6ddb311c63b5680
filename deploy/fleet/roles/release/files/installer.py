"""The installer in a bundle, once it is known to be what was signed: on standard output.

    installer.py BUNDLE.tar [RELEASE_KEYS]

For the computer that looks after the fleet, with what ansible-core brings. Without keys, as
`install` itself: sums are compared, but nobody is asked who made the bundle.

Exit codes: 0 it is, 1 refused (one line says why).
"""

import base64
import hashlib
import json
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Refused(Exception):
    """The words say why."""


def installer(bundle: Path, keys: Path | None) -> bytes:
    """What `install` in the bundle is.

    Raises:
        OSError: the bundle, or the keys, cannot be read.
        Refused: it is no bundle, signed by none of the keys, or not what its manifest lists.
    """
    manifest, signature, script = (
        _member(bundle, name) for name in ("manifest.json", "manifest.sig", "install")
    )
    if manifest is None or script is None:
        raise Refused(f"{bundle} is not a whole bundle; next: copy it again")
    if keys is not None and not _is_signed(manifest, signature or b"", _lines(keys)):
        raise Refused(f"{bundle} is not signed by a key in {keys}; next: ask who made it")
    if hashlib.sha256(script).hexdigest() != json.loads(manifest)["files"]["install"]["sha256"]:
        raise Refused(f"{bundle}: its installer is not what was built; next: copy it again")
    return script


def _member(bundle: Path, name: str) -> bytes | None:
    """A file of the folder that the bundle holds; None where there is none of that name."""
    try:
        with tarfile.open(bundle) as tar:
            for member in tar:
                if member.isfile() and member.name.split("/")[1:] == [name]:
                    file = tar.extractfile(member)
                    return file.read() if file else None
    except tarfile.TarError as error:
        raise Refused(f"{bundle} is not a whole bundle; next: copy it again") from error
    return None


def _lines(keys: Path) -> list[str]:
    lines = (line.strip() for line in keys.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _is_signed(manifest: bytes, signature: bytes, keys: Iterable[str]) -> bool:
    """Whether one of `keys` (Ed25519, base64) signed it."""
    for key in keys:
        try:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
            public.verify(base64.b64decode(signature), manifest)
        except (ValueError, InvalidSignature):
            continue
        return True
    return False


def main() -> int:
    """Say it, or why not."""
    bundle, *keys = map(Path, sys.argv[1:])
    try:
        sys.stdout.buffer.write(installer(bundle, keys[0] if keys else None))
    except (OSError, Refused, KeyError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
