"""The device's settings: `/etc/kiosk/kiosk.toml`, read once, whole, and frozen.

Only facts of this device stand here; what a municipality is called and offers is its
profile. `KIOSK_CONFIG` names another file.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

import msgspec

from hardware.panel.parts import PARTS, USUAL, Line, insist_on_possible
from kiosk.errors import ConfigError
from sync.errors import BadMessage
from sync.settings import decode_toml

DEFAULT_PATH = Path("/etc/kiosk/kiosk.toml")

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
ShortWait = Annotated[float, msgspec.Meta(gt=0, le=120)]

_PLACED = ("network", "serial", "file", "cups")
_SWALLOWED_ROWS = 48


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where this device keeps what, and where it stands.

    `division` is the code of the division at whose counter it stands: what is rated here
    is that division's service. Empty where it serves several.
    """

    state_dir: str = "/var/lib/kiosk"
    runtime_dir: str = "/run/kiosk"
    profile: str = "/etc/kiosk/profile.toml"
    division: str = ""


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The slip printer: on which cable, and what it takes.

    `device` is where it is: for `usb` nothing (the first printer) or `vvvv:pppp`, with
    `:SERIAL` where two are alike; for `network` a host, with `:PORT` where it is not 9100;
    for `serial` a line's lasting name, `/dev/serial/by-id/...`, with `baud` (115,200) and
    `flow` (rtscts); for `file` a device file such as `/dev/usb/lp0` or a plain one; for
    `cups` a queue. `tray_dir` is where the virtual one leaves its slips.

    `model` is one of `hardware.printer.models`; without one it is any printer of that
    paper. What is set beside it counts more than the model: `answers` (it says how it is),
    `confirms` (it says when a slip is out), `cutter`, the rows of a raster and the pause
    after it. No wait is longer than `connect_s`, `write_s` for a raster, and `done_s` from
    the last byte to the end of the slip. `roll_m` is how long a new roll is, for printers
    that do not say when it nears its end; 0 where they do.
    """

    driver: Literal["virtual", "usb", "network", "serial", "file", "cups"] = "virtual"
    device: str = ""
    model: str = ""
    paper_width_mm: Literal[58, 80] = 80
    baud: Literal[115200, 230400, 460800, 921600] | None = None
    flow: Literal["rtscts", "xonxoff"] | None = None
    answers: bool | None = None
    confirms: bool | None = None
    cutter: bool | None = None
    chunk_rows: Annotated[int, msgspec.Meta(ge=8, le=255)] | None = None
    chunk_delay_ms: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    connect_s: ShortWait = 5
    write_s: ShortWait = 5
    done_s: ShortWait = 20
    tray_dir: str = "/var/lib/kiosk/tray"
    slip_expires_s: Seconds = 300
    roll_m: Annotated[float, msgspec.Meta(ge=0, le=500)] = 0

    def __post_init__(self) -> None:
        for is_nonsense, words in (
            (self.driver in _PLACED and not self.device, f"{self.driver} needs a `device`"),
            (self.driver == "virtual" and self.device, "the virtual printer takes no `device`"),
            (
                self.driver in ("serial", "file") and not self.device.startswith("/"),
                f"`device` of {self.driver} is a path from /",
            ),
            (
                self.driver == "network" and not _is_address(self.device),
                "`device` of network is a host or HOST:PORT",
            ),
            (
                self.driver != "serial" and (self.baud or self.flow),
                "`baud` and `flow` are for serial printers",
            ),
            (
                self.confirms and self.answers is False,
                "a printer that `confirms` also `answers`",
            ),
            (
                self.chunk_rows and self.chunk_rows % _SWALLOWED_ROWS == 0,
                f"`chunk_rows` divisible by {_SWALLOWED_ROWS}: some printers swallow those",
            ),
        ):
            if is_nonsense:
                raise ValueError(words)


def _is_address(device: str) -> bool:
    """Whether `device` is a host, or HOST:PORT."""
    place = urlsplit(f"//{device}")
    try:
        has_port = place.port != 0
    except ValueError:
        return False
    return bool(place.hostname) and has_port and place.netloc == device and " " not in device


class Glass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The touch panel, in pixels as people see it; `idle_s` is the pause before the countdown.

    `rotation` turns the picture, and touches with it, on a panel that was mounted turned: degrees
    counter-clockwise.

    At home, untouched for `show_after_s`, it shows central's items, each for `show_item_s`.
    After `offline_days` without central, home says so. `switch_off` is the command with
    which the front desk shuts the box down.
    """

    width: Annotated[int, msgspec.Meta(ge=800, le=3840)] = 1280
    height: Annotated[int, msgspec.Meta(ge=480, le=3840)] = 800
    rotation: Literal[0, 90, 180, 270] = 0
    fullscreen: bool = True
    idle_s: Seconds = 60
    countdown_s: Seconds = 15
    show_after_s: Seconds = 120
    show_item_s: Seconds = 12
    offline_days: Annotated[float, msgspec.Meta(ge=0, le=3650)] = 3
    switch_off: tuple[str, ...] = ("systemctl", "poweroff")


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)
"""From Monday on, as `datetime.weekday` counts."""
Hours = Annotated[str, msgspec.Meta(pattern="^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$")]


def hours_of(hours: str) -> tuple[timedelta, timedelta]:
    """`08:00-16:30` as times since midnight."""
    opens, closes = (text.split(":") for text in hours.split("-"))
    return (
        timedelta(hours=int(opens[0]), minutes=int(opens[1])),
        timedelta(hours=int(closes[0]), minutes=int(closes[1])),
    )


class BacklightSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How bright the panel is, and when: `none` where its light cannot be set.

    `open` are Thailand's hours in which the house is open, such as `mon = "08:00-16:30"`
    (a day ends at 24:00); a day without is one of rest. Outside of them a glass that nobody
    touches is dim for `dim_for_min` minutes, then dark. Without `open` it is always lit.
    `device` is the panel's folder in /sys/class/backlight; the first where it is empty.
    """

    driver: Literal["none", "sysfs", "virtual"] = "none"
    device: str = ""
    lit_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100
    dim_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 15
    dim_for_min: Annotated[float, msgspec.Meta(ge=0, le=1440)] = 30
    open: dict[Weekday, Hours] = {}

    def __post_init__(self) -> None:
        for day, hours in self.open.items():
            opens, closes = hours_of(hours)
            if not opens < closes <= timedelta(days=1):
                raise ValueError(f"{day}: {hours} is no time from one hour to a later one")


class ScannerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What reads the slips' codes: nothing, a USB scanner (`hid`) or the virtual one.

    `device` is its path, `/dev/input/by-id/...-event-kbd`; the virtual one's socket.
    """

    driver: Literal["none", "hid", "virtual"] = "none"
    device: str = ""


class SoundSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What hears and what is heard: nothing, ALSA's devices or the virtual ones.

    `microphone` and `speaker` are ALSA's names, such as `plughw:CARD=Device`, or the files of
    the virtual ones; an empty one is not there. `prompts` is the folder with what screens
    say aloud.
    """

    driver: Literal["none", "alsa", "virtual"] = "none"
    microphone: str = ""
    speaker: str = ""
    prompts: str = ""


class SyncSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The agent. Where central is comes from the join file.

    `ca_file` names PEM certificates to believe instead of the public authorities'. A
    record stays here for `grace_days` after central has signed for it.
    """

    beat_every_s: Seconds = 300
    timeout_s: Seconds = 20
    ca_file: str = ""
    grace_days: Annotated[float, msgspec.Meta(ge=0, le=3650)] = 30


class ClockSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`ntp` trusts the clock once it has been set from the network; `assume` always does."""

    trust: Literal["ntp", "assume"] = "ntp"


class HealthSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose vitals are read: this machine's (`pi`, on any Linux) or the virtual one's.

    `machine_dir` is the virtual machine's folder.
    """

    driver: Literal["pi", "virtual"] = "pi"
    machine_dir: str = "/var/lib/kiosk/machine"


class FirewallSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What this box may reach besides central, its printer and Debian's mirrors.

    `also` are `HOST:PORT` over TCP, such as a print server's behind `driver = "cups"`.
    """

    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for each in self.also:
            if not _is_address(each) or urlsplit(f"//{each}").port is None:
                raise ValueError(f"`also`: {each} is not HOST:PORT")


class Fitted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the panel, and what differs from how `hardware/panel/README.md` has it wired."""

    bcm: int | None = None
    active: Literal["low", "high"] | None = None
    pull: Literal["up", "down", "none"] | None = None


class PanelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is beside the glass: nothing, parts on this Pi's pins (`gpio`), or the virtual ones.

    A part that is named is fitted: `face_1 = {}`, or `face_1 = { bcm = 4, active = "high" }`.
    `device` is the virtual panel's socket, `chip` the gpiochip's number where it is not the
    header's. The fan runs from `fan_on_c` down to `fan_off_c`. Without `buzzes`, and from
    the hour `quiet_from` to `quiet_until`, nothing buzzes.
    """

    driver: Literal["none", "gpio", "virtual"] = "none"
    device: str = ""
    chip: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    face_1: Fitted | None = None
    face_2: Fitted | None = None
    face_3: Fitted | None = None
    face_4: Fitted | None = None
    face_5: Fitted | None = None
    light_1: Fitted | None = None
    light_2: Fitted | None = None
    light_3: Fitted | None = None
    light_4: Fitted | None = None
    light_5: Fitted | None = None
    call_staff: Fitted | None = None
    presence: Fitted | None = None
    cabinet: Fitted | None = None
    switch_off: Fitted | None = None
    buzzer: Fitted | None = None
    status: Fitted | None = None
    slip_light: Fitted | None = None
    fan: Fitted | None = None
    fan_on_c: Annotated[float, msgspec.Meta(ge=30, le=90)] = 65
    fan_off_c: Annotated[float, msgspec.Meta(ge=20, le=90)] = 55
    buzzes: bool = True
    quiet_from: Annotated[int, msgspec.Meta(ge=0, le=23)] = 0
    quiet_until: Annotated[int, msgspec.Meta(ge=0, le=23)] = 0

    def __post_init__(self) -> None:
        """Refuse what no header can be."""
        if self.fan_off_c >= self.fan_on_c:
            raise ValueError("fan_off_c has to be below fan_on_c")
        insist_on_possible(self.wiring)

    @property
    def wiring(self) -> dict[str, Line]:
        """What is fitted, and where."""
        fitted = {part: getattr(self, part) for part in PARTS}
        return {part: _line(part, given) for part, given in fitted.items() if given is not None}


def _line(part: str, given: Fitted) -> Line:
    differs = {
        name: value for name, value in msgspec.structs.asdict(given).items() if value is not None
    }
    return msgspec.structs.replace(USUAL[part], **differs)


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of `kiosk.toml`; every key has a default that suits a device."""

    device: Device = Device()
    printer: PrinterSettings = PrinterSettings()
    glass: Glass = Glass()
    scanner: ScannerSettings = ScannerSettings()
    sound: SoundSettings = SoundSettings()
    sync: SyncSettings = SyncSettings()
    clock: ClockSettings = ClockSettings()
    backlight: BacklightSettings = BacklightSettings()
    health: HealthSettings = HealthSettings()
    panel: PanelSettings = PanelSettings()
    firewall: FirewallSettings = FirewallSettings()

    @property
    def state_dir(self) -> Path:
        """Store, identity and device key."""
        return Path(self.device.state_dir)

    @property
    def runtime_dir(self) -> Path:
        """Doorbells; gone after a reboot."""
        return Path(self.device.runtime_dir)


def config_path() -> Path:
    """The settings file in force: `KIOSK_CONFIG`, else the one in `/etc`."""
    return Path(os.environ.get("KIOSK_CONFIG") or DEFAULT_PATH)


def load(path: Path) -> Config:
    """Read the settings.

    Raises:
        ConfigError: unreadable, misspelt or out of range; one line with file and key.
    """
    try:
        return decode_toml(path.read_bytes(), Config)
    except OSError as error:
        advice = f"ls -l {path}; its model is in /opt/rapfang/current/share/etc/kiosk"
        raise ConfigError(f"{path}: {error.strerror}; next: {advice}") from error
    except BadMessage as error:
        raise ConfigError(f"{path}: {error}; next: sudoedit {path}") from error
