"""What stands in a guest's files, to be compared with another's."""

import hashlib
from pathlib import Path

PLACES = ("etc", "opt/rapfang", "usr/local", "boot")
DIFFERS = (
    *("etc/machine-id", "etc/ssh/ssh_host_", "etc/ld.so.cache", "etc/passwd-", "etc/group-"),
    *("etc/shadow", "etc/gshadow", "etc/ssl/certs", "etc/resolv.conf", "etc/.pwd.lock"),
    *("etc/subuid", "etc/subgid"),
)
"""What no two installs have alike: identities, and hashes and days of accounts."""


def of(root: Path) -> dict[str, str]:
    """Each file and link that an install may write: its mode with its digest or target."""
    found = {}
    for place in PLACES:
        for path in sorted((root / place).rglob("*")):
            name = str(path.relative_to(root))
            if name.startswith(DIFFERS) or "__pycache__" in name or path.suffix == ".pyc":
                continue
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            elif path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[name] = f"{path.stat().st_mode & 0o777:o} {digest}"
    return found


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Names that are in one alone, or are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
