"""What is laid over a screen for a moment, and taken off again; what was typed stays."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kivy.uix.widget import Widget

from kiosk.form.flow import Step
from kiosk.scene import Adapt, Ask, Scene, Speak
from kiosk.screens.covers import Covers
from kiosk.theme import Access, theme

if TYPE_CHECKING:
    from kiosk.screens.desk import Desk
    from kiosk.screens.frame import Frame
    from kiosk.screens.staff_door import StaffDoor
    from sync.profile import Profile


class Over:
    """The part of the glass that lays sheets over a screen."""

    if TYPE_CHECKING:
        _covers: Covers
        _desk: Desk | None
        _countdown_s: float
        _staff: StaffDoor
        _profile: Profile
        _scene: Scene
        _frame: Frame
        _ask: Callable[[Ask], None]
        _stay: Callable[..., None]
        _leave: Callable[..., None]
        _keep_watch: Callable[[], None]
        add_widget: Callable[..., None]
        remove_widget: Callable[[Widget], None]

    @property
    def is_called(self) -> bool:
        """Whether somebody called an officer and waits."""
        return self._covers.is_laid("call") and bool(self._covers["call"].is_called)

    def _make_covers(self) -> Covers:
        off = {"on_close": self._take_off}
        return Covers(
            self._desk,
            self._countdown_s,
            {
                "still_there": {"on_stay": self._stay, "on_leave": self._leave},
                "languages": {"on_speak": self._speak, **off},
                "access": {"on_adapt": self._adapt, **off},
                "call": {"is_called": lambda *_: self._keep_watch(), **off},
                "pin": {"on_enter": lambda pad, typed: self._staff.let_in(pad, typed), **off},
                "desk": off,
            },
        )

    def _show_languages(self) -> None:
        self._covers["languages"].offer(self._profile.languages, self._scene.visit.language)
        self._lay_over(self._covers["languages"])

    def _show_call(self) -> None:
        if who := self._profile.staff_call:
            self._covers["call"].offer(who.in_language(self._scene.visit.language))
            self._lay_over(self._covers["call"])

    def _show_access(self) -> None:
        self._covers["access"].offer(self._scene.access)
        if not self._covers.is_laid("access"):
            self._lay_over(self._covers["access"])

    def _adapt(self, _: Widget, access: Access) -> None:
        """See it at once, the sheet still there, so that it can be taken back."""
        self._ask(Adapt(access))
        self._show_access()

    def _lay_over(self, cover: Widget) -> None:
        """Cover what can be touched; the masthead stays in sight, and so does a strip."""
        cover.size_hint = (1, None)
        cover.height = theme.height - self._frame.kept_px
        self.add_widget(cover)
        cover.come_on()
        if self._scene.visit.step is Step.HOME:
            self._keep_watch()

    def _take_off(self, cover: Widget) -> None:
        self.remove_widget(cover)
        if self._scene.visit.step is Step.HOME:
            self._keep_watch()

    def _speak(self, sheet: Widget, language: str) -> None:
        self.remove_widget(sheet)
        self._ask(Speak(language))

    def _uncover(self, *names: str) -> None:
        """These lie over the screen no more; nothing does where none is named."""
        for name in filter(self._covers.is_laid, names or self._covers.names):
            self.remove_widget(self._covers[name])
