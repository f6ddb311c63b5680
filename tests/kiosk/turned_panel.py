"""A window on a panel that was mounted turned; prints its size and where it is touched.

Run as a process of its own: `python -m tests.kiosk.turned_panel WIDTH HEIGHT ROTATION`.
"""

import sys

from kiosk import window  # first: it sets Kivy's switches


def main(width: int, height: int, rotation: int) -> None:
    window.configure(width, height, fullscreen=True, rotation=rotation)
    from kivy.base import runTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.input import MotionEvent
    from kivy.uix.widget import Widget

    class Sheet(Widget):
        def on_touch_down(self, touch: MotionEvent) -> bool:
            print(round(touch.x), round(touch.y), flush=True)
            return True

    Clock.schedule_once(lambda _: print(Window.width, Window.height, flush=True), 0.5)
    runTouchApp(Sheet())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
