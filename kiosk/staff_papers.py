"""What the papers say that staff ask for: test slip, report on the box, record of an opening.

Whoever asks composes the words, from the profile and the store; the spooler, which knows
neither, only sets them out.
"""

from datetime import date, datetime, time, timedelta

import msgspec

from kiosk.clock import floor_of, instant
from kiosk.config import Config, PrinterSettings
from kiosk.papers import ANCHOR, DEVICE, TRIAL
from kiosk.papers.anchor import AnchorWords
from kiosk.papers.device import DeviceWords
from kiosk.papers.trial import TrialWords
from kiosk.printers import paper_for
from kiosk.profile import profile_in_force
from kiosk.report import box_identity, box_store, status
from kiosk.trial_print import PaperRequest
from sync.case import Instant
from sync.deadline import THAILAND
from sync.tally import anchor_url


def request_for(paper: str, config: Config) -> PaperRequest:
    """A paper with today's words.

    Raises:
        ConfigError: the profile, the identity or the store cannot be read.
    """
    compose = {TRIAL: _trial, DEVICE: _device, ANCHOR: _anchor}[paper]
    return PaperRequest(paper=paper, words=msgspec.json.encode(compose(config)))


def _trial(config: Config) -> TrialWords:
    return TrialWords(
        municipality=profile_in_force(config).name.th,
        day=_day(instant(config)),
        printer=_named(config.printer),
        paper_width_mm=paper_for(config.printer).width_mm,
    )


def _named(printer: PrinterSettings) -> str:
    """The driver and, where the settings name one, the model."""
    return " ".join(filter(None, (printer.driver, printer.model)))


def _device(config: Config) -> DeviceWords:
    told = status(config)
    return DeviceWords(
        municipality=profile_in_force(config).name.th,
        device_code=told.device_code,
        day=_day(instant(config)),
        rows=told.rows(),
    )


def _anchor(config: Config) -> AnchorWords:
    profile, identity = profile_in_force(config), box_identity(config)
    code = identity.device_code
    with box_store(config) as store:
        day = _day(instant(config, floor_of(store)))
        anchor = store.anchor(code)
        cases, ratings = store.taken_between(code, *_bounds(day)) if day else (0, 0)
    return AnchorWords(
        municipality=profile.name.th,
        device_code=code,
        day=day,
        cases=cases,
        ratings=ratings,
        through=anchor.through,
        without=anchor.without,
        digest=anchor.chain,
        url=anchor_url(identity.public_url, code, anchor.through, anchor.chain, anchor.without),
        thai_digits=profile.thai_digits,
    )


def _day(now: Instant) -> date | None:
    return now.wall.astimezone(THAILAND).date() if now.trusted else None


def _bounds(day: date) -> tuple[datetime, datetime]:
    """When a day begins and ends in Thailand."""
    begins = datetime.combine(day, time(), THAILAND)
    return begins, begins + timedelta(days=1)
