"""Which account still has a password that everybody knows.

    passwords.py [/etc/shadow]

Prints the accounts, separated by blanks, and ends with 3 if there are any. Standard library
only: `deploy/install` runs this file before anything is installed; at each boot and for the
doctor `kiosk.refusal` asks the same. The system's own libcrypt is asked, which knows whatever
hash the system writes (yescrypt too); Python's `crypt` is gone from 3.13 on.
"""

import ctypes
import sys
from pathlib import Path

WELL_KNOWN = (
    *("raspberry", "raspberrypi", "pi", "debian", "temppwd", "admin", "root", "toor"),
    *("password", "passw0rd", "changeme", "default", "kiosk", "rapfang", "central", "orangepi"),
    *("1234", "12345", "123456", "12345678", "linaro", "user", "test", "odroid", "libreelec"),
)
"""What images ship with and what hands type first. An account's own name counts too."""
FOUND = 3
"""Python itself ends with 1 where it fails; that must not read as an account."""


def main() -> int:
    """Name them."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "/etc/shadow")
    found = known(path.read_text())
    sys.stdout.write(" ".join(found))
    return FOUND if found else 0


def known(shadow: str) -> list[str]:
    """The accounts in the words of /etc/shadow whose password everybody knows.

    Raises OSError: this system has no libcrypt.
    """
    return [name for name, hashed in accounts(shadow) if is_known(name, hashed)]


def accounts(shadow: str) -> list[tuple[str, str]]:
    """Names and hashes of the accounts that let somebody in by a password, or by none."""
    fields = [line.split(":") for line in shadow.splitlines() if ":" in line]
    return [(each[0], each[1]) for each in fields if each[1][:1] not in ("*", "!", "x")]


def is_known(name: str, hashed: str) -> bool:
    """Whether the hash is of a password that everybody knows, or of none."""
    return not hashed or any(crypt(word, hashed) == hashed for word in (name, *WELL_KNOWN))


def crypt(word: str, setting: str) -> str:
    """As crypt(3); an empty string where it does not know this kind of hash."""
    made: bytes | None = _library().crypt(word.encode(), setting.encode())
    return made.decode() if made else ""


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
    return library


if __name__ == "__main__":
    sys.exit(main())
