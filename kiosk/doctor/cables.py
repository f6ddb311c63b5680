"""Which printers are plugged in, and what `[printer]` says of them."""

from pathlib import Path

from hardware.errors import DeviceMissing
from hardware.printer.detection import Offer, offers
from hardware.printer.network import NetworkLink
from kiosk.config import Config, PrinterSettings
from kiosk.doctor.finding import Finding
from kiosk.printers import address_of, make_printer

_SEEN = ("usb", "serial", "cups")
"""What can be looked for; a host and a file are only looked at."""


def cable(config: Config) -> Finding:
    """Whether the printer that is set is there; else which could be set.

    Raises:
        ConfigError: `[printer]` makes no sense.
    """
    make_printer(config.printer)
    return told(config.printer, offers(), _absence(config.printer))


def told(settings: PrinterSettings, found: list[Offer], absence: str = "") -> Finding:
    """The finding, of what is set and what was found.

    `absence` is why a host or file that is set is not there; empty when it is.
    """
    mine = [offer for offer in found if _is_meant(settings, offer)]
    others = [offer for offer in found if offer not in mine]
    is_missing = bool(absence) or (settings.driver in _SEEN and not mine)
    if is_missing:
        set_to = f"{settings.driver} {settings.device}".strip()
        evidence = absence or f"{set_to} is not there"
        return _finding(evidence, others, others[:1], is_well=False)
    if len(mine) > 1:
        return _finding(f"{len(mine)} on USB, the first is used", mine, mine[:1])
    if mine:
        is_unnamed = bool(mine[0].model) and not settings.model
        return _finding("found", mine, mine if is_unnamed else [])
    if settings.driver == "virtual":
        return _finding("virtual; found" if others else "virtual", others, others[:1])
    return _finding(f"{settings.driver} {settings.device}", [], [])


def _is_meant(settings: PrinterSettings, offer: Offer) -> bool:
    if offer.driver != settings.driver:
        return False
    wanted, there = settings.device.lower(), offer.device.lower()
    is_of_kind = offer.driver == "usb" and there.startswith(f"{wanted}:")
    return not wanted or there == wanted or is_of_kind


def _finding(
    evidence: str, listed: list[Offer], advised: list[Offer], *, is_well: bool = True
) -> Finding:
    """The evidence, what it is of, and the lines for `kiosk.toml`."""
    names = "; ".join(f"{offer.driver} {offer.device} ({offer.name})" for offer in listed)
    lines = [line for offer in advised for line in _lines(offer)]
    return Finding(
        name="cable",
        is_well=is_well,
        is_worth_a_look=bool(lines),
        evidence=f"{evidence}: {names}" if names else evidence,
        next="\n".join(("in kiosk.toml:", *lines)) if lines else "plug it in, switch it on",
    )


def _lines(offer: Offer) -> list[str]:
    model = [f'model = "{offer.model}"'] if offer.model else []
    return ["[printer]", f'driver = "{offer.driver}"', f'device = "{offer.device}"', *model]


def _absence(settings: PrinterSettings) -> str:
    """Why the host or file that is set is not there; nothing is sent to it."""
    if settings.driver == "file" and not Path(settings.device).exists():
        return f"{settings.device} is not there"
    if settings.driver != "network":
        return ""
    link = NetworkLink(*address_of(settings.device))
    try:
        link.open()
    except DeviceMissing as error:
        return str(error)
    finally:
        link.close()
    return ""
