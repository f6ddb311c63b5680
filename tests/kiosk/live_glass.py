"""A glass in the sleeping loop; prints what happened, as JSON lines.

Run as a process of its own: `python -m tests.kiosk.live_glass FOLDER BELL`, on a real X
display, or with a folder of input devices behind it on none.
"""

import json
import sys
from pathlib import Path

from tests.kiosk.screens.box import Box  # isort: skip  (it opens the window)

from kivy.clock import Clock
from kivy.core.window import Window

from hardware.stirs import Stirs
from kiosk.loop import Loop
from sync.doorbell import Doorbell


class Counting(Loop):
    """Counts its turns."""

    turns = 0

    def turn(self) -> None:
        super().turn()
        self.turns += 1


def main(folder: Path, bell: Path, inputs: Path | None = None) -> None:
    Clock._max_fps = 120
    box, loop, frames = Box(folder), Counting(inputs and Stirs(inputs)), []
    Window.bind(on_flip=lambda *_: frames.append(1))

    def say(what: str) -> None:
        told = {"what": what, "turns": loop.turns, "frames": len(frames), "screen": box.glass.name}
        print(json.dumps(told), flush=True)

    with Doorbell(bell) as doorbell:

        def rung() -> None:
            doorbell.wait(0)
            say("rung")

        loop.watch(doorbell, rung)
        Clock.schedule_once(lambda _: say("settled"), 1)
        Clock.schedule_once(lambda _: say("rested"), 3)
        loop.run()
    say("ended")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
