"""A resident's phone: headless Chromium that may reach loopback only."""

import subprocess
import tempfile
from pathlib import Path

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=390,844",
    "--lang=th",
    "--accept-lang=th",
]


def open_page(url: str, picture: Path) -> str:
    """The page's DOM as text; its picture goes to `picture` (PNG)."""
    _chromium(f"--screenshot={picture}", url)
    return _chromium("--dump-dom", url)


def _chromium(*words: str) -> str:
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            ["chromium", *QUIET, f"--user-data-dir={home}", *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    return done.stdout
