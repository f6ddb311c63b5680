"""Signing bundles: who holds the key says what runs on every box.

    deploy/sign --new-key KEYFILE        make a key; its public half goes to each box
    deploy/sign KEYFILE BUNDLE_DIR       sign a bundle, and pack it anew

A key file is 32 random bytes in base64, readable for its owner alone; it belongs to the
operator, on a machine of theirs, never into git and never onto a box. Boxes keep the
public keys they believe in /etc/kiosk/release.pub, base64, one a line.
"""

import argparse
import base64
import binascii
import os
import sys
from pathlib import Path

from nacl.signing import SigningKey

from deploy import lay_release


class BadKey(ValueError):
    """The file holds no key, or others can read it."""


def new_key(path: Path) -> str:
    """Make a key in `path`; its public half. Raises FileExistsError: no key is overwritten."""
    key = SigningKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(bytes(key)) + b"\n")
    return public_half(key)


def public_half(key: SigningKey) -> str:
    """As a line of release.pub."""
    return base64.b64encode(bytes(key.verify_key)).decode()


def load_key(path: Path) -> SigningKey:
    """Raises BadKey: it is none, or others can read it."""
    if path.stat().st_mode & 0o077:
        raise BadKey(f"{path}: others can read it; next: chmod 600 {path}")
    try:
        return SigningKey(base64.b64decode(path.read_bytes(), validate=False))
    except (ValueError, binascii.Error) as error:
        raise BadKey(f"{path}: not a key made by deploy/sign --new-key") from error


def sign(key_file: Path, bundle: Path) -> str:
    """Sign what the manifest says, once the bundle was compared with it; the public key.

    Raises:
        BadKey: no key.
        lay_release.Refused: the bundle is not what its manifest says.
    """
    key = load_key(key_file)
    lay_release.insist_it_is_whole(bundle, lay_release.read_manifest(bundle))
    signature = key.sign((bundle / lay_release.MANIFEST).read_bytes()).signature
    (bundle / lay_release.SIGNATURE).write_bytes(base64.b64encode(signature) + b"\n")
    return public_half(key)


def main() -> int:
    """0 signed or made, 1 not."""
    parser = argparse.ArgumentParser(prog="deploy/sign", description="Sign an install bundle.")
    parser.add_argument("--new-key", type=Path, metavar="KEYFILE", help="make a key and end")
    parser.add_argument("key_file", type=Path, nargs="?", metavar="KEYFILE")
    parser.add_argument("bundle", type=Path, nargs="?", metavar="BUNDLE_DIR")
    arguments = parser.parse_args()
    if (arguments.new_key is None) == (arguments.bundle is None):
        parser.error("either --new-key KEYFILE, or KEYFILE BUNDLE_DIR")
    try:
        sys.stdout.write(_do(arguments))
    except (BadKey, lay_release.Refused, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _do(arguments: argparse.Namespace) -> str:
    if arguments.new_key is not None:
        public = new_key(arguments.new_key)
        return f"{public}\nnext: this line goes to /etc/kiosk/release.pub of each box\n"
    from deploy.bundling import pack

    public = sign(arguments.key_file, arguments.bundle)
    return f"{pack(arguments.bundle)}\nsigned with {public}\n"


if __name__ == "__main__":
    sys.exit(main())
