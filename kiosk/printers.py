"""From `[printer]` to the printer: which cable, which model, which paper."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from hardware.errors import DeviceMisuse
from hardware.fake.printer import VirtualPrinter
from hardware.printer.cups import CupsPrinter
from hardware.printer.escpos import Habits, longest_raster
from hardware.printer.file import FileLink
from hardware.printer.link import Link, Waits
from hardware.printer.models import MODELS, Model, generic, paper_of
from hardware.printer.mute import MutePrinter
from hardware.printer.network import PORT, NetworkLink
from hardware.printer.pacing import PacedLink
from hardware.printer.paper import Paper
from hardware.printer.printer import Printer
from hardware.printer.pulse import PulsedLink
from hardware.printer.serial import SerialLink
from hardware.printer.usb import UsbLink
from kiosk.config import PrinterSettings, config_path
from kiosk.errors import ConfigError

SlipPrinter = Printer | MutePrinter | CupsPrinter

_S = TypeVar("_S", bound=msgspec.Struct)
_LEAST_SPEED = 115_200

LINKS: dict[str, Callable[[PrinterSettings], Link]] = {
    "virtual": lambda s: VirtualPrinter(Path(s.tray_dir), paper_for(s)),
    "usb": lambda s: UsbLink(s.device, _waits(s)),
    "network": lambda s: NetworkLink(*address_of(s.device), _waits(s)),
    "serial": lambda s: SerialLink(
        Path(s.device), s.baud or _LEAST_SPEED, s.flow or "rtscts", _waits(s)
    ),
    "file": lambda s: FileLink(Path(s.device), _waits(s)),
}
"""The drivers of `[printer] driver`; a transport is one line here and one class. CUPS, which
takes jobs and not bytes, is a printer of its own."""


def make_printer(
    settings: PrinterSettings, pulse: Callable[[], None] = lambda: None
) -> SlipPrinter:
    """The printer that the settings name; nothing is opened yet.

    `pulse` is called before each wait for the printer: whoever waits is alive.

    Raises:
        ConfigError: no such model, paper it cannot take, or a `device` that is none.
    """
    model = model_of(settings)
    if settings.driver == "cups":
        return CupsPrinter(settings.device, settings.done_s, pulse)
    try:
        link: Link = PulsedLink(LINKS[settings.driver](settings), pulse)
    except DeviceMisuse as error:
        raise _wrong(str(error), "device") from error
    if settings.driver != "virtual":
        blank = longest_raster(paper_for(settings).width_dots, model.habits)
        link = PacedLink(link, model.pause_s, blank)
    if model.answers and model.confirms:
        return Printer(link, done_s=settings.done_s)
    return MutePrinter(link, answers=model.answers)


def model_of(settings: PrinterSettings) -> Model:
    """The model, with what the settings say of it themselves.

    Raises:
        ConfigError: no such model, or it does not take that paper.
    """
    key = settings.model or generic(settings.paper_width_mm)
    if key not in MODELS:
        raise _wrong(f"{key!r} is not one of {', '.join(MODELS)}", "model")
    model = MODELS[key]
    if model.paper_width_mm < settings.paper_width_mm:
        words = f"{key} takes paper of {model.paper_width_mm} mm"
        raise _wrong(words, "paper_width_mm")
    is_set = {
        "answers": settings.answers,
        "confirms": False if settings.answers is False else settings.confirms,
        "pause_s": None if settings.chunk_delay_ms is None else settings.chunk_delay_ms / 1000,
        "habits": _habits(model.habits, settings),
    }
    return _replaced(model, is_set)


def paper_for(settings: PrinterSettings) -> Paper:
    """The paper that is loaded, as wide as the model prints on it. Raises ConfigError."""
    return paper_of(model_of(settings), settings.paper_width_mm)


def habits_for(settings: PrinterSettings) -> Habits:
    """What the printer takes at once. Raises ConfigError."""
    return model_of(settings).habits


def _habits(habits: Habits, settings: PrinterSettings) -> Habits:
    return _replaced(habits, {"rows": settings.chunk_rows, "has_cutter": settings.cutter})


def _replaced(struct: _S, values: Mapping[str, object]) -> _S:
    """`struct` with those of `values` that are set."""
    return msgspec.structs.replace(
        struct, **{name: value for name, value in values.items() if value is not None}
    )


def _waits(settings: PrinterSettings) -> Waits:
    return Waits(connect_s=settings.connect_s, write_s=settings.write_s)


def address_of(device: str) -> tuple[str, int]:
    """HOST or HOST:PORT, as `kiosk.config` lets through."""
    place = urlsplit(f"//{device}")
    return place.hostname or device, place.port or PORT


def _wrong(words: str, key: str) -> ConfigError:
    where = config_path()
    return ConfigError(f"{where}: {words} - at `$.printer.{key}`; next: sudoedit {where}")
