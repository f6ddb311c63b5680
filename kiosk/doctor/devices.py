"""What is plugged into the box, and its clock."""

import shutil
from datetime import UTC, datetime

from kiosk.clock import INSTALLED_AT, floor_of, instant
from kiosk.config import Config
from kiosk.doctor.finding import Finding, bad, not_told, well
from kiosk.errors import ConfigError
from kiosk.report import box_store, printer_state
from kiosk.sound import Sound
from kiosk.vitals import PRINTER_ADVICE

SOUND_PROGRAMS = ("arecord", "aplay", "opusenc", "opusdec")
_LONG_AGO = datetime.fromtimestamp(0, UTC)


def printer(config: Config) -> Finding:
    """The printer as the spooler last saw it."""
    state = printer_state(config).state
    advice = {**PRINTER_ADVICE, "device_missing": "see cable, below"}
    return Finding(
        name="printer",
        is_well=state in ("ok", "paper_low"),
        is_worth_a_look=state == "paper_low",
        evidence=state,
        next=advice.get(state, "kiosk test-print"),
    )


def sound(config: Config) -> Finding:
    """Whether what hears and what is heard are plugged in, and their programs installed."""
    settings, sound = config.sound, Sound(config.sound)
    there = {"microphone": sound.can_record, "speaker": sound.can_play}
    wanted = [name for name in there if getattr(settings, name)]
    if settings.driver == "none" or not wanted:
        return not_told("sound", "none is set up")
    if missing := [name for name in SOUND_PROGRAMS if not shutil.which(name)]:
        install = "apt-get install alsa-utils opus-tools"
        return bad("sound", f"{', '.join(missing)} not installed", install)
    if gone := [name for name in wanted if not there[name]]:
        return bad("sound", f"{' and '.join(gone)} not plugged in", "arecord -L; aplay -L")
    return well("sound", " and ".join(wanted))


def clock(config: Config) -> Finding:
    """Whether records and slips carry a time that can be believed."""
    now, floor = instant(config, _LONG_AGO), _floor(config)
    if not now.trusted:
        evidence = "not set from the network yet; slips carry no date"
    elif now.wall < floor:
        evidence = f"behind {floor:%Y-%m-%d %H:%MZ}, which has passed; slips carry no date"
    else:
        return well("clock", "trusted")
    return bad("clock", evidence, "timedatectl timesync-status")


def _floor(config: Config) -> datetime:
    """What has surely passed, as far as can be told without a sound store."""
    try:
        with box_store(config) as store:
            return floor_of(store)
    except ConfigError:
        return INSTALLED_AT
