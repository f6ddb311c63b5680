"""States, findings and vitals in the language of the page.

What a kiosk tells in words of its own that nobody has translated is shown as it came.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.central.fleet.judging import Finding, State, Value, Vital


def state_name(state: str) -> str:
    """The one word."""
    names = {
        State.SILENT: _("Silent"),
        State.TROUBLE: _("Out of order"),
        State.WATCH: _("Worth a look"),
        State.NEW: _("Not enrolled"),
        State.FINE: _("Well"),
        State.REVOKED: _("Revoked"),
    }
    return names[State(state)]


def vital_name(name: str) -> str:
    """What a vital is about."""
    names = {
        "voltage": _("Power supply"),
        "throttling": _("Speed"),
        "temperature": _("Temperature"),
        "disk_mount": _("Writing to disk"),
        "disk_free": _("Free disk space"),
        "disk_errors": _("Disk errors"),
        "disk_wear": _("Disk wear"),
        "disk_test": _("Disk test"),
        "memory": _("Free memory"),
        "pressure": _("Waiting for memory"),
        "load": _("Load"),
        "uptime": _("Running for"),
        "watchdog": _("Watchdog"),
        "clock": _("Clock"),
        "rtc": _("Battery clock"),
        "network": _("Network"),
        "printer": _("Printer"),
        "screen": _("Screen"),
        "scanner": _("Scanner"),
        "microphone": _("Microphone"),
        "speaker": _("Speaker"),
        "panel": _("Buttons and lights"),
        "services": _("Programs"),
        "doctor": _("Self-examination"),
    }
    return names.get(name, name)


def vital_words(vital: Vital) -> str:
    """Its value, with its unit."""
    return _value_words(vital.name, vital.value)


def finding_words(finding: Finding) -> str:
    """What is wrong, in one line."""
    value = finding.value
    count = value if isinstance(value, int) else 0
    match finding.code:
        case "unheard":
            return _("Not heard from")
        case "parked":
            return ngettext(
                "{count} record refused by the centre",
                "{count} records refused by the centre",
                count,
            ).format(count=count)
        case "waiting":
            return ngettext(
                "{count} record waits to be sent", "{count} records wait to be sent", count
            ).format(count=count)
        case "clock_error":
            return clock_words(count)
        case "digest" if count:
            return ngettext(
                "{count} case is missing here", "{count} cases are missing here", count
            ).format(count=count)
        case "digest":
            return _("The contents differ")
        case name:
            return f"{vital_name(name)}: {_value_words(name, value)}"


def clock_words(error_s: float) -> str:
    """How far a kiosk's clock is off."""
    off_s = abs(round(error_s))
    if off_s < _SMALL_S:
        return _("Clock right")
    amount = _duration(off_s)
    text = _("Clock {amount} ahead") if error_s > 0 else _("Clock {amount} behind")
    return text.format(amount=amount)


_SMALL_S = 5
"""The way from the kiosk takes its time too."""


def _duration(seconds: int) -> str:
    for size, text in (
        (86_400, ngettext("{count} day", "{count} days", seconds // 86_400)),
        (3_600, ngettext("{count} hour", "{count} hours", seconds // 3_600)),
        (60, ngettext("{count} minute", "{count} minutes", seconds // 60)),
    ):
        if seconds >= size:
            return text.format(count=seconds // size)
    return ngettext("{count} second", "{count} seconds", seconds).format(count=seconds)


def _value_words(name: str, value: Value) -> str:
    if isinstance(value, bool) or value is None:
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return _texts().get(value, value)
    return _units().get(name, "{value}").format(value=f"{value:g}")


def _units() -> dict[str, str]:
    return {
        "temperature": _("{value} °C"),
        "disk_free": _("{value} MB"),
        "disk_wear": _("used up: {value} %"),
        "memory": _("{value} MB"),
        "pressure": _("of a minute: {value} %"),
        "load": _("{value} programs a core"),
        "uptime": _("{value} h"),
        "watchdog": _("{value} s"),
        "rtc": _("{value} s off"),
        "screen": _("drawn {value} s ago"),
        "services": _("restarted {value} times"),
    }


def _texts() -> dict[str, str]:
    return {
        "ok": _("well"),
        "unknown": _("not known"),
        "paper_out": _("out of paper"),
        "paper_low": _("paper is low"),
        "cover_open": _("its cover is open"),
        "device_missing": _("not found"),
        "device_busy": _("does not answer"),
        "device_lost": _("went away while in use"),
        "device_fault": _("reports a fault"),
        "overheated": _("too hot"),
        "the spooler does not run": _("its program does not run"),
        "holds": _("holds"),
        "too low now": _("too low now"),
        "was too low since boot": _("was too low since the start"),
        "full pace": _("full pace"),
        "held back now": _("held back now"),
        "slowed down now": _("slowed down now"),
        "was slowed down since boot": _("was slowed down since the start"),
        "takes writes": _("works"),
        "read only": _("read only"),
        "gives back what was written": _("passed"),
        "gives back other bytes than were written": _("gives back other bytes than were written"),
        "trusted": _("set from the network"),
        "not set yet": _("not set yet"),
        "plugged in": _("plugged in"),
        "not plugged in": _("not plugged in"),
        "off": _("off"),
        "does not run": _("does not run"),
        "no way out": _("no way out"),
        "nothing found": _("nothing found"),
        "no round for two days": _("not done for two days"),
    }
