"""What the idle glass shows and counts, read from what central signed."""

import subprocess
import sys
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.config import Config, Device
from kiosk.showing import (
    AFTER,
    BEFORE,
    INVITATION,
    TOLD_FOR,
    Showing,
    Slide,
    slides_of,
)
from kiosk.shown import SHOWN_FILE, read_shown
from sync.bulletin import BULLETIN_FILE, Bulletin, Item, Picture, Said
from sync.case import Instant
from sync.identity import join
from sync.signature import sign_payload, verify_key_of
from sync.wire import encode
from tests.sync.samples import join_file_text

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
TODAY = date(2026, 11, 24)
CENTRAL = b"c" * 32
NEWS = Item(item_id=uuid.uuid4(), kind="news", title=Said(th="ข่าว", en="News"))
OVER = Item(item_id=uuid.uuid4(), kind="news", title=Said(th="เก่า"), last_on=date(2026, 11, 23))


class Clock:
    """Told what time it is."""

    def __init__(self) -> None:
        self.wall, self.trusted = NOON, True

    def __call__(self) -> Instant:
        return Instant(wall=self.wall, boot_id="boot", monotonic_s=1.0, trusted=self.trusted)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = Config(device=Device(state_dir=str(tmp_path / "state")))
    join_file = tmp_path / "join.toml"
    join_file.write_text(join_file_text(central_key=verify_key_of(CENTRAL)))
    join(join_file, config.state_dir)
    return config


def release(config: Config, *items: Item, key: bytes = CENTRAL) -> None:
    bulletin = Bulletin(version=1, issued_at=NOON, items=list(items))
    signed = encode(sign_payload(encode(bulletin), key, "central-1"))
    (config.state_dir / BULLETIN_FILE).write_bytes(signed)


def titles(slides: list[Slide]) -> list[str]:
    return [slide.title for slide in slides if slide.kind != INVITATION]


def test_an_item_comes_in_each_language_it_was_written_in_and_thai_is_always_one() -> None:
    slides = slides_of([NEWS], ["th", "en", "km"], TODAY)
    assert [(slide.language, slide.title) for slide in slides if slide.item_id] == [
        ("th", "ข่าว"),
        ("en", "News"),
    ]


def test_everybody_is_invited_in_their_language_even_without_any_item() -> None:
    for items in ([], [NEWS], [NEWS] * 7):
        slides = slides_of(items, ["th", "en", "lo"], TODAY)
        invited = [slide.language for slide in slides if slide.kind == INVITATION]
        assert set(invited) == {"th", "en", "lo"}


def test_only_what_is_in_force_on_the_day_is_shown(config: Config, clock: Clock) -> None:
    release(config, NEWS, OVER)
    showing = Showing(config, ["th"], clock)
    assert titles(showing.slides()) == ["ข่าว"]
    clock.wall -= timedelta(days=1)
    assert titles(showing.slides()) == ["ข่าว", "เก่า"]
    clock.trusted = False
    assert titles(showing.slides()) == ["ข่าว"]


def test_a_bulletin_that_is_broken_or_a_strangers_is_not_shown_and_said_in_the_log(
    config: Config, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    showing = Showing(config, ["th"], clock)
    assert titles(showing.slides()) == []
    assert not caplog.records
    release(config, NEWS, key=b"x" * 32)
    assert titles(showing.slides()) == []
    assert "is not used: BadSignature" in caplog.text


def test_the_display_log_counts_by_day_and_goes_on_after_a_restart(
    config: Config, clock: Clock
) -> None:
    release(config, NEWS)
    [slide] = [each for each in slides_of([NEWS], ["th"], TODAY) if each.item_id]
    showing = Showing(config, ["th"], clock)
    showing.note(slide, 12.2)
    showing.note(slides_of([], ["th"], TODAY)[0], 12)
    showing.keep()
    again = Showing(config, ["th"], clock)
    again.note(slide, 11.9)
    again.keep()
    [counted] = read_shown(config.state_dir)
    assert (counted.item_id, counted.on, counted.times, counted.seconds) == (
        NEWS.item_id,
        TODAY,
        2,
        24,
    )
    clock.wall += TOLD_FOR
    again.note(slide, 1)
    again.keep()
    assert [each.on for each in read_shown(config.state_dir)] == [TODAY + TOLD_FOR]


def test_nothing_is_counted_on_a_day_that_is_a_guess(config: Config, clock: Clock) -> None:
    clock.trusted = False
    showing = Showing(config, ["th"], clock)
    showing.note(Slide(kind="news", language="th", title="x", item_id=NEWS.item_id), 5)
    showing.keep()
    assert read_shown(config.state_dir) == []


def test_a_broken_display_log_stops_nothing(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    (config.state_dir / SHOWN_FILE).write_bytes(b"[{")
    assert read_shown(config.state_dir) == []
    assert "display log is not used" in caplog.text


def test_a_pair_of_pictures_is_told_apart_and_a_caption_comes_in_the_slides_language() -> None:
    before = Picture(address="b" * 64, caption=Said(th="มืด", en="Dark"))
    after = Picture(address="a" * 64, caption=Said(th="สว่าง"))
    title = Said(th="ไฟ", en="Lamp")
    both = Item(
        item_id=uuid.uuid4(), kind="poster", title=title, picture=after, picture_before=before
    )
    thai, english = [each for each in slides_of([both], ["th", "en"], TODAY) if each.item_id]
    assert [(each.when, each.caption) for each in thai.pictures] == [
        (BEFORE, "มืด"),
        (AFTER, "สว่าง"),
    ]
    assert [each.caption for each in english.pictures] == ["Dark", ""]
    alone = Item(item_id=uuid.uuid4(), kind="news", title=title, picture=after)
    [slide] = [each for each in slides_of([alone], ["th"], TODAY) if each.item_id]
    assert [(each.when, each.address) for each in slide.pictures] == [("", "a" * 64)]


def test_the_agent_reads_the_display_log_without_what_draws_and_prints() -> None:
    words = "import sys, kiosk.syncing; print({'PIL', 'escpos', 'kivy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
