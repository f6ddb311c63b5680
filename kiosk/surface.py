"""The window with one root widget in it, driven by the sleeping loop."""

import logging
from collections.abc import Callable
from pathlib import Path

from kivy.base import runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk import notify
from kiosk.fingers import FirstFinger
from kiosk.heartbeat import Heartbeat
from kiosk.loop import Loop, stirs_of_the_panel
from kiosk.screens.targets import MapFile, Target, targets_of
from kiosk.theme import theme
from kiosk.window import is_on_bare_panel

log = logging.getLogger(__name__)


class Surface:
    """Opens the window; `run` shows `root` until the loop is stopped.

    With a `heartbeat` a frame is drawn at least that often, and each drawn frame is a beat:
    a glass that cannot draw is dead, whatever its process does.
    With `map_file` every drawn frame that changed what can be touched is written there.
    """

    def __init__(
        self, root: Widget, map_file: Path | None = None, heartbeat: Heartbeat | None = None
    ) -> None:
        self.root, self._heartbeat = root, heartbeat
        self.loop = Loop(stirs_of_the_panel(), self._after_turn)
        self._map = MapFile(map_file) if map_file else None
        self._frames = 0
        self._is_drawn = False
        Window.clearcolor = theme.colour("paper")
        Window.bind(on_flip=self._note_frame, on_request_close=self._stay_open)
        if is_on_bare_panel():  # a display server's SDL makes a finger a mouse by itself
            Window._win = FirstFinger(Window._win, lambda: Window.system_size)
            Window.bind(on_draw=self._make_way)
        if heartbeat:
            Clock.schedule_interval(lambda _: Window.canvas.ask_update(), heartbeat.every_s)
        runTouchApp(root, embedded=True)

    def show(self, root: Widget) -> None:
        """Put another root in the window, if it is another."""
        if root is self.root:
            return
        Window.remove_widget(self.root)
        Window.add_widget(root)
        self.root = root

    def run(self, last: Callable[[], object] = lambda: None) -> None:
        """Until SIGTERM or SIGINT; no key closes the window.

        `last` is done while the last frame still stands.
        """
        try:
            self.loop.run()
            last()
        finally:
            notify.stopping()
            stopTouchApp()

    def _stay_open(self, *_: object, **__: object) -> bool:
        """Alt and F4, or whatever else a keyboard may ask of the window."""
        log.warning("somebody asked the window to close; it stays")
        return True

    def _make_way(self, *_: object) -> None:
        """Before anything is drawn: SDL makes its surface anew at the first flip.

        What was drawn by then would be lost, and the panel black until the next frame.
        """
        Window.unbind(on_draw=self._make_way)
        Window.flip()

    def _note_frame(self, *_: object) -> None:
        """A frame is drawn; Kivy shows it after those who asked for it have heard of it."""
        self._is_drawn = True

    def _after_turn(self) -> None:
        if not self._is_drawn:
            return
        self._is_drawn = False
        self._frames += 1
        if self._frames == 1:
            log.info("first frame")
            notify.ready()
        if self._heartbeat:
            self._heartbeat.frame()
        if self._map:
            name = getattr(self.root, "name", "out_of_service")
            size = (round(Window.width), round(Window.height))
            self._map.note(name, size, self._targets())

    def _targets(self) -> list[Target]:
        own = getattr(self.root, "targets", None)
        return own() if own else targets_of(self.root)
