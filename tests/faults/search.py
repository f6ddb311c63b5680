"""Looking for a secret in bytes, in every writing in which it could lie there."""

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote


def writings(secret: str) -> dict[str, bytes]:
    """How `secret` may be written: encodings, escapes, and base64 wherever it began.

    Of base64 only the middle counts, which does not depend on what stands around it.
    """
    raw = secret.encode()
    found = {
        "utf-8": raw,
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "json": json.dumps(secret)[1:-1].encode(),
        "percent": quote(secret).encode(),
    }
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw)
        found[f"base64 after {before}"] = coded[4 if before else 0 : -4]
    return found


def finds(secrets: Iterable[str], hay: bytes) -> list[str]:
    """Which secrets are in `hay`, and how they are written there."""
    return [
        f"{secret[:12]} as {name}"
        for secret in secrets
        for name, needle in writings(secret).items()
        if needle in hay
    ]


def files_below(*folders: Path) -> Iterator[Path]:
    """Every file, whatever it is called."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def found_in_files(secrets: Iterable[str], *folders: Path) -> list[str]:
    """Each find as `file: secret as writing`; names of files count as well."""
    wanted = list(secrets)
    return [
        f"{path.name}: {find}"
        for path in files_below(*folders)
        for find in finds(wanted, path.read_bytes() + b"\0" + str(path).encode())
    ]
