"""How soon a touch is seen: the kiosk beside Chromium, touched and watched by the same means.

Both show the home screen on the same display, one after the other. XTEST puts a finger down; the
time until a row of pixels through the card differs is `touch_to_frame`. Lifting it leads to the
list of topics; the time until that is seen is `screen_change`. `key_to_frame` is a key of the
keyboard put down. `visit_gap` goes through many screens in Thai and in Khmer and takes the time
of each change: the median of them, and the worst. Nothing is drawn in between: that is the gap.
A touch that shows nothing where it lands, and a visit that goes astray, are told and left out.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.demo.display import free_port, virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import Product
from tests.bench.finger import Finger
from tests.bench.glass import PEER, SETTLE_S, SIZE, open_chromium, served_page
from tests.bench.row import Row, row
from tests.journey.glass import Hand

TOUCHES = 12
PAUSE_S = 0.5
"""Between two touches: longer than what the glass takes for a double tap."""
ALLOWED_MS = {"touch_to_frame": (16.0, 33.0), "screen_change": (33.0, 33.0)}
"""Median and 95th percentile that we allow ourselves, where there is no peer."""
OWN_MS = {"key_to_frame": (16.0, 33.0), "visit_gap": (33.0, 33.0)}
"""The same for what only the kiosk has."""
OURSELVES = "the most we allow ourselves"
KEYS = {"th": "key:ด", "km": "key:ក"}
COMPLAINT = ("kind:complaint", "topic:road", "WORDS", "next", "village:village-1")
CONTACT = (
    "phone",
    "key:1",
    "key:backspace",
    "done-typing",
    "next",
    "back",
    "next",
    "next",
    "finish",
)
RATING = ("division:health", "face:2", "reason:slow", "survey", "face:4", "face:4")
DRAWING = ("finish", "kind:complaint", "topic:road", "way:draw", "back", "back", "back")
TRACKING = ("kind:track", "back")
LARGER = ("access", "access:large_text", "access:large_text", "close-access")
VISIT = (*COMPLAINT, *CONTACT, *RATING, *DRAWING, *TRACKING, *LARGER)
"""What is touched in turn; `WORDS` are some keys of the language in force, and shift."""
LANGUAGES = ("th", "km", "th")
"""Of the visit in each round."""
SEEN_S = 1.5
"""The longest that a touch of a visit is looked at."""
Series = dict[str, list[list[float]]]


def touches() -> Iterator[Row]:
    """Touch to frame and change of screen, in ms: medians, 95th percentiles and the worst."""
    ours: Series = {name: [] for name in (*ALLOWED_MS, *OWN_MS)}
    theirs: Series = {name: [] for name in ALLOWED_MS}
    has_peer = shutil.which("chromium") is not None
    if not has_peer:
        sys.stderr.write("NO CHROMIUM HERE: touches are compared with what we allow ourselves\n")
    with tempfile.TemporaryDirectory(dir="var") as folder, Processes(Path(folder, "log")) as run:
        product = Product(state=Path(folder).absolute(), port=free_port(), size=SIZE)
        product.prepare()
        display = virtual_display(run, *SIZE)
        for language in LANGUAGES:
            _touch_kiosk(run, product, display, language, ours)
            if has_peer:
                _touch_chromium(run, display, theirs)
    for name, (median_ms, p95_ms) in ALLOWED_MS.items():
        peer = PEER if has_peer else OURSELVES
        others = [ms for each in theirs[name] for ms in each] if has_peer else [median_ms]
        yield row(name, "ms", [ms for each in ours[name] for ms in each], peer, others)
        slowest = list(map(_p95, theirs[name])) if has_peer else [p95_ms]
        yield row(f"{name}_p95", "ms", list(map(_p95, ours[name])), peer, slowest)
        worst = list(map(max, theirs[name])) if has_peer else [p95_ms]
        yield row(f"{name}_worst", "ms", list(map(max, ours[name])), peer, worst)
    for name, (median_ms, p95_ms) in OWN_MS.items():
        if not all(ours[name]):
            continue
        yield row(name, "ms", [ms for each in ours[name] for ms in each], OURSELVES, [median_ms])
        yield row(f"{name}_p95", "ms", list(map(_p95, ours[name])), OURSELVES, [p95_ms])
        yield row(f"{name}_worst", "ms", list(map(max, ours[name])), OURSELVES, [p95_ms])


def _touch_kiosk(
    run: Processes, product: Product, display: str, language: str, into: Series
) -> None:
    map_file = product.state / "map.json"
    map_file.unlink(missing_ok=True)
    product.start_glass(run, display, "--map", str(map_file))
    hand = Hand(display, map_file)
    hand.wait_for("home")
    time.sleep(SETTLE_S)

    def back() -> None:
        hand.wait_for("topic")
        time.sleep(PAUSE_S)
        hand.touch("back")
        hand.wait_for("home")

    [box] = [t["box"] for t in hand.look()["targets"] if t["name"] == "kind:suggestion"]
    with Finger(display, SIZE[0]) as finger:
        _touch(finger, (box[0] + 8, box[1] + box[3] / 2), back, into)
    with Finger(display, SIZE[0]) as finger:
        _visit(finger, hand, language, into)
    run.stop("ui")


def _visit(finger: Finger, hand: Hand, language: str, into: Series) -> None:
    """Through many screens in a language: what keys and changes of screen took."""
    keys: list[float] = []
    gaps: list[float] = []
    try:
        for name in ("languages", f"language:{language}", *VISIT):
            if name == "WORDS":
                letters = (*[KEYS[language]] * 3, "key:digits", "key:digits", "key:shift")
                for key in letters:
                    keys += _touched(finger, hand, key, by_lifting=False)
            else:
                gaps += _touched(finger, hand, name, by_lifting=not name.startswith("key:"))
    except TimeoutError as error:
        sys.stderr.write(f"a visit in {language} went astray: {error}\n")
    into["key_to_frame"].append(keys)
    into["visit_gap"].append(gaps)


def _touched(finger: Finger, hand: Hand, name: str, *, by_lifting: bool) -> list[float]:
    """Milliseconds until it is seen that a finger was put onto a target, or lifted from it.

    A field opens under the finger already: where lifting shows nothing, putting down counts.
    """
    x, y, wide, tall = hand.box_of(name)
    time.sleep(PAUSE_S)
    at = round(y + tall / 2)
    finger.move(x + min(8, wide / 4), at)
    time.sleep(0.1)
    took = _seen(finger, at, is_down=True)
    time.sleep(0.15)
    if by_lifting:
        took = _seen(finger, at, is_down=False) or took
    else:
        finger.tell(is_down=False)
    if not took:
        sys.stderr.write(f"{name} shows nothing in {SEEN_S} s\n")
    return took


def _seen(finger: Finger, at: int, *, is_down: bool) -> list[float]:
    try:
        return [finger.press(is_down=is_down, row=at, wait_s=SEEN_S)]
    except TimeoutError:
        return []


def _touch_chromium(run: Processes, display: str, into: Series) -> None:
    with served_page() as (url, painted), open_chromium(run, display, url):
        painted.wait()
        time.sleep(SETTLE_S)
        place = SIZE[0] * 0.1, SIZE[1] * 0.35  # on a card at home, and on one of the topics
        with Finger(display, SIZE[0]) as finger:

            def back() -> None:
                time.sleep(PAUSE_S)
                for is_down in (True, False):
                    finger.press(is_down=is_down, row=round(place[1]))

            _touch(finger, place, back, into)


def _touch(
    finger: Finger, place: tuple[float, float], back: Callable[[], None], into: Series
) -> None:
    """Some touches on a card at `place`; `back` returns to where it is."""
    down, lifted = [], []
    for _ in range(TOUCHES):
        time.sleep(PAUSE_S)
        finger.move(*place)
        time.sleep(0.1)
        down.append(finger.press(is_down=True, row=round(place[1])))
        time.sleep(0.15)
        lifted.append(finger.press(is_down=False, row=round(place[1])))
        back()
    into["touch_to_frame"].append(down)
    into["screen_change"].append(lifted)


def _p95(series: list[float]) -> float:
    return sorted(series)[int(len(series) * 0.95)]
