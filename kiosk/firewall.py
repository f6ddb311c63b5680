"""What a box may reach: central, the printer, Debian's mirrors or the proxy to them.

`python -m kiosk.firewall` is what systemd runs as root every few minutes. The rules stand
still (`/etc/nftables.conf`); this only fills their two sets, `reachable4` and `reachable6`,
with the addresses that the names have now. They are kept for the next boot, so that it needs
no name server, and what does not answer today keeps yesterday's addresses.
"""

import logging
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from kiosk import log as logs
from kiosk.config import Config, config_path, load
from kiosk.errors import ConfigError
from sync.errors import BadMessage
from sync.identity import FORMER_DIR, IDENTITY_FILE, central_of, write_private

log = logging.getLogger(__name__)

ROOT_DIR = Path("/var/lib/rapfang")
KNOWN_FILE, RULES_FILE = "reachable.json", "firewall.nft"
MOST_ADDRESSES = 16
"""Of one name: a mirror's change from hour to hour, and the last few all still serve."""
PORTS = {"http": 80, "https": 443}
PRINTER_PORT = 9100

Lookup = Callable[[str], list[str]]
Known = dict[str, list[str]]
"""`host:port` to its addresses, the newest first."""

_OF_SOURCES = (".list", ".sources")
_WORD = re.compile(r"\S+")
_PROXY = re.compile(r'^Acquire::\w+::Proxy "(.+)";$', re.MULTILINE)


def place(host: str, port: int) -> str:
    """A place as it is written down: `central.example:443`, `[2001:db8::1]:443`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def places(config: Config) -> set[str]:
    """Where the box's own services go: central, now and before, the printer, what is allowed.

    Raises:
        BadMessage: an identity names no address.
    """
    state = config.state_dir
    identities = [state / IDENTITY_FILE, *(state / FORMER_DIR).glob(f"*/{IDENTITY_FILE}")]
    found = {_place_of(central_of(path)) for path in identities if path.exists()}
    if config.printer.driver == "network":
        found.add(_place_of(f"//{config.printer.device}", PRINTER_PORT))
    return found | {_place_of(f"//{each}") for each in config.firewall.also}


def mirrors(sources: Iterable[str], settings: str) -> set[str]:
    """Where apt goes: its proxies by `apt-config dump`, or what its lists of sources name."""
    proxies = {_place_of(found) for found in _PROXY.findall(settings) if "://" in found}
    return proxies or {
        _place_of(word)
        for text in sources
        for line in text.splitlines()
        if not line.lstrip().startswith("#")
        for word in _WORD.findall(line)
        if word.startswith(("http://", "https://"))
    }


def _place_of(url: str, port: int = 0) -> str:
    parts = urlsplit(url)
    return place(parts.hostname or "", parts.port or port or PORTS.get(parts.scheme, 443))


def resolve(wanted: Iterable[str], lookup: Lookup, known: Mapping[str, list[str]]) -> Known:
    """The addresses of each place; those of before too, up to a number, the newest first."""
    found = {}
    for each in sorted(wanted):
        now = lookup(urlsplit(f"//{each}").hostname or "")
        before = [address for address in known.get(each, []) if address not in now]
        found[each] = [*now, *before][:MOST_ADDRESSES]
    return found


def is_news(found: Known, known: Known) -> bool:
    """Whether a place or an address is new or gone; another order of them is not."""
    return {each: set(found[each]) for each in found} != {each: set(known[each]) for each in known}


def rules(found: Known) -> str:
    """The two sets, emptied and filled in one step, as `nft -f` reads them."""
    pairs = {4: set[str](), 6: set[str]()}
    for each, addresses in found.items():
        port = urlsplit(f"//{each}").port
        for address in map(ip_address, addresses):
            pairs[address.version].add(f"{address} . {port}")
    lines = ["# Written by kiosk.firewall: the addresses of " + (", ".join(found) or "nothing")]
    for version, elements in pairs.items():
        lines.append(f"flush set inet rapfang reachable{version}")
        if elements:
            joined = ", ".join(sorted(elements))
            lines.append(f"add element inet rapfang reachable{version} {{ {joined} }}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """0 the firewall knows the places of today, 1 it keeps those of before."""
    logs.to_stderr()
    try:
        wanted = places(load(config_path())) | mirrors(*_of_apt())
        known = _read(ROOT_DIR / KNOWN_FILE)
        found = resolve(wanted, addresses_of, known)
        if is_news(found, known):
            log.info("the firewall lets this box reach %s", ", ".join(found) or "nothing")
            write_private(ROOT_DIR / RULES_FILE, rules(found).encode())
            write_private(ROOT_DIR / KNOWN_FILE, msgspec.json.encode(found))
        _load(rules(found))
    except (ConfigError, BadMessage, OSError, subprocess.CalledProcessError) as error:
        log.error("the firewall keeps the places of before: %s", error)  # noqa: TRY400
        return 1
    return 0


def addresses_of(host: str) -> list[str]:
    """The addresses of a name now; none where nobody knows it, or nobody can be asked."""
    try:
        told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in told))


def _of_apt() -> tuple[list[str], str]:
    """Its lists of sources, and its settings; nothing where there is no apt."""
    if shutil.which("apt-config") is None:
        return [], ""
    settings = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True)
    folder = Path("/etc/apt")
    lists = (folder / "sources.list.d").glob("*")
    files = [folder / "sources.list", *(path for path in lists if path.suffix in _OF_SOURCES)]
    texts = [path.read_text() for path in files if path.is_file()]
    return texts, settings.stdout


def _read(path: Path) -> Known:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Known)
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def _load(text: str) -> None:
    """Raises subprocess.CalledProcessError: the rules are not there, or do not take it."""
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)


if __name__ == "__main__":
    sys.exit(main())
