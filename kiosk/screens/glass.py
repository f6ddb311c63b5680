"""All of the glass: header, banner, the screen of the moment, footer, and the question
whether anybody is still there."""

from collections.abc import Callable
from functools import partial

from kivy.clock import Clock
from kivy.input import MotionEvent
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.forgetting import forget
from kiosk.form import flow, opinions
from kiosk.form.flow import Step, Visit
from kiosk.i18n import tr
from kiosk.scene import Ask, Leave, Scene, Speak
from kiosk.screens import screen_for
from kiosk.screens.anew import AT_ONCE, Anew
from kiosk.screens.beside import Beside
from kiosk.screens.desk import Desk
from kiosk.screens.frame import Column, Frame, Header
from kiosk.screens.idle import Showing
from kiosk.screens.interlude import Interlude, Lighting
from kiosk.screens.over import Over
from kiosk.screens.prompter import Prompter
from kiosk.screens.readying import Readying
from kiosk.screens.rehearsing import boards_of, rehearse, rehearse_board
from kiosk.screens.screen import Screen
from kiosk.screens.staff_door import StaffDoor
from kiosk.screens.stepwise import Stepwise
from kiosk.screens.taps import DOUBLE_TAP_S, Taps, is_stray
from kiosk.screens.targets import Target, targets_of
from kiosk.screens.vigil import Vigil
from kiosk.sound import no_sound
from kiosk.theme import PLAIN, theme
from sync.profile import Profile

THANKS_S = 6.0
"""How long the thanks stand before home returns."""
CALLED_S = 300.0
"""How long whoever called an officer may wait before the glass is wiped for the next one."""
MORE_S = 12.0
"""The same where a reason, words or a questionnaire are offered: long enough to read them."""

TIDY_S = 2.0
"""How long after a visit's end memory is tidied; whoever comes next has read by then."""


class Glass(Over, Beside, Anew, FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Shows scenes and passes on what is asked; `hear` is the clerk's and answers a scene.

    `sound` is the box's, set before anything is shown; `shown` is told each scene.
    """

    sound = no_sound()
    shown: Callable[[Scene], None] = staticmethod(lambda _: None)

    def __init__(
        self,
        profile: Profile,
        hear: Callable[[Ask], Scene],
        idle_s: float,
        countdown_s: float,
        double_tap_s: float = DOUBLE_TAP_S,
        desk: Desk | None = None,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._taps = Taps(double_tap_s)
        self._profile, self._hear = profile, hear
        tr.thai_digits = profile.thai_digits
        self._screens: dict[Step, Screen] = {}
        self._screen: Screen | None = None
        self._rehearsed: set[object] = set()
        self._scene = Scene()
        self._vigil = Vigil(idle_s, countdown_s, self._count_down, self._leave)
        self._countdown_s = countdown_s
        self._readying = Readying(self._make_one)
        self._anew = Stepwise()
        self._prompter = Prompter(lambda: self.sound)
        self._interlude = Interlude(self, None, self._is_as_found)
        self._tidy_soon = Clock.create_trigger(self.tidy, TIDY_S)
        self._covers = self._make_covers()
        self._build()

    def show(self, scene: Scene) -> None:
        """Show a scene: its language, its screen, what stands around it."""
        self._anew.finish()
        before, self._scene = self._scene, scene
        if theme.access != scene.access:
            if self._is_sheet_enough(before):
                self._rebuild_beneath(before)
                return
            self._rebuild()
        self._follow(before)

    def _follow(self, before: Scene) -> None:
        """Show the scene in force; what comes with it depends on the one `before`."""
        scene = self._scene
        if tr.language != scene.visit.language:
            tr.use(scene.visit.language)
            self._readying.resume()
        step = scene.visit.step
        if step in (Step.HOME, *flow.ENDS) and before.visit.step is not step:
            self._wipe()
        self._change_to(scene.visit.step).take(scene)
        self._prompter.follow(scene.visit)
        self._dress()
        self._staff.look()
        if (before.visit, before.access) != (scene.visit, scene.access):
            self._keep_watch()
        self._interlude.look()
        self.shown(scene)

    def get_ready(self) -> None:
        """Make all screens from now on, while nobody touches; each is slow the first time."""
        self._readying.start()

    def show_when_idle(self, showing: Showing, lighting: Lighting | None = None) -> None:
        """Show its slides from now on, whenever nobody has been there for a while."""
        self._interlude.end()
        self._interlude = Interlude(self, showing, self._is_as_found, lighting)
        self._keep_watch()

    @property
    def name(self) -> str:
        """What is on the glass now: the step, or `still_there` or `languages` over it."""
        return self._covers.laid or self._interlude.name or self._scene.visit.step.value

    def targets(self) -> list[Target]:
        """What can be touched now, and where."""
        return targets_of(self._cover or self)

    @property
    def _cover(self) -> Widget | None:
        """What lies over the screen, if anything does."""
        covers = (*self._covers, *self._interlude.sheets)
        return next((cover for cover in covers if cover.parent), None)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Any touch says that somebody is there; while that is asked, it answers."""
        if is_stray(touch):
            return True
        self._vigil.touched()
        self._readying.touched()
        self._anew.finish()
        if self._taps.is_echo(touch.pos, (self.name, self._scene.visit.language)):
            return True
        if self.wake():
            return True
        if self._covers.is_laid("still_there"):
            if not self._covers["still_there"].on_touch_down(touch):
                self._stay()
            return True
        if cover := self._cover:
            cover.on_touch_down(touch)
            return True
        if self._is_in_corner(touch):
            self._staff.down(touch)
        return bool(super().on_touch_down(touch))

    def wake(self) -> bool:
        """Somebody touched the idle glass or stands before it; True when it was idle."""
        if not self._interlude.stirred():
            return False
        self._taps.answered()
        self._keep_watch()
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """A finger that slides off the corner asks for nothing."""
        if not self._is_in_corner(touch):
            self._staff.gone(touch)
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Nor does one that is lifted too soon."""
        self._staff.gone(touch)
        return bool(super().on_touch_up(touch))

    def _is_in_corner(self, touch: MotionEvent) -> bool:
        """The header's left end, at home: no resident has anything to touch there."""
        is_left = touch.x < theme.target * 1.5 and self._frame.top.collide_point(*touch.pos)
        return is_left and self._is_free()

    def _is_free(self) -> bool:
        return self._scene.visit.step is Step.HOME and self._cover is None

    def close(self) -> None:
        """End it for good."""
        self._interlude.end()
        self._vigil.rest()
        self._readying.end()
        self._tidy_soon.cancel()
        self._anew.finish()
        self._let_go(self._covers)
        self.clear_widgets()

    def _build(self) -> None:
        self._staff = StaffDoor(self._desk, self._covers, self._lay_over, self._is_free)
        self._header = Header(
            municipality=self._profile.name.in_language("th"), languages=self._profile.languages
        )
        self._header.bind(on_speak=lambda _, language: self._ask(Speak(language)))
        self._header.bind(on_more=lambda _: self._show_languages())
        self._header.bind(on_access=lambda _: self._show_access())
        self._header.can_call = bool(self._desk and self._profile.staff_call)
        self._header.bind(on_call=lambda _: self._show_call(), on_listen=lambda _: self._listen())
        self._frame = Frame(self._header)
        self._frame.footer.bind(on_back=self._go_back, on_next=self._go_on)
        self._column = Column(orientation="vertical")
        self.add_widget(self._column, index=len(self.children))  # beneath a sheet

    def _listen(self) -> None:
        self._prompter.turn()
        self._dress()

    def _ask(self, ask: Ask) -> None:
        self.show(self._hear(ask))
        self._taps.answered()

    def _hear_screen(self, screen: Screen, ask: Ask) -> None:
        """Only the screen in sight is heard: a second finger may still rest on the one before."""
        if screen is self._screen:
            self._ask(ask)

    def _go_on(self, *_: object) -> None:
        if self._screen is not None:
            self._screen.go_on()

    def _go_back(self, *_: object) -> None:
        if self._screen is not None:
            self._screen.go_back()

    def _change_to(self, step: Step) -> Screen:
        if step not in self._screens:
            self._make(step, self._scene)
        if self._screen is not self._screens[step]:
            self._screen = self._screens[step]
            self._frame.body.clear_widgets()
            self._frame.body.add_widget(self._screen)
            self._screen.come_on()
        return self._screen

    def _make(self, step: Step, scene: Scene) -> Screen:
        made = screen_for(step)(profile=self._profile, scene=scene, sound=self.sound)
        made.bind(on_ask=self._hear_screen, on_stir=lambda _: self._stay())
        for name in ("has_footer", "next_text", "can_go_on", "can_go_back", "puts_in", "is_typing"):
            made.fbind(name, self._dress_for)
        self._screens[step] = made
        return made

    def _make_one(self) -> bool:
        """Make a screen that nobody has seen yet and lay it out; False if there is none."""
        self._anew.finish()
        missing = next((step for step in Step if step not in self._screens), None)
        if missing is None:
            return (
                self._rehearse()
                or self._covers.make_one()
                or any(map(self._prepare, self._screens.values()))
                or any(part.prepare(AT_ONCE) for part in (*self._covers, self._column))
            )
        made = self._make(missing, Scene(visit=Visit(language=self._scene.visit.language)))
        made.size = self.width, theme.height - self._frame.taken_px(made)
        return True

    def _rehearse(self) -> bool:
        """Open one more language, or letter one more board of keys; False if there is none."""
        language = self._scene.visit.language
        steps: dict[object, Callable[[], None]] = {
            each: partial(rehearse, each) for each in self._profile.languages
        } | {board: partial(rehearse_board, board) for board in boards_of(language)}
        wanted = next((each for each in steps if each not in self._rehearsed), None)
        if wanted is not None:
            steps[wanted]()
            self._rehearsed.add(wanted)
        return wanted is not None

    def _prepare(self, screen: Screen) -> bool:
        """Let a screen out of sight catch up a little; False if it had nothing to."""
        if screen.parent is None and screen.is_behind:
            if screen.scene.visit.language != self._scene.visit.language:
                screen.scene = Scene(visit=Visit(language=self._scene.visit.language))
            screen.show_now()
            return True
        return screen.prepare(AT_ONCE)

    def _dress_for(self, screen: Screen, _: object) -> None:
        if screen is self._screen:
            self._dress()

    def _dress(self, *_: object) -> None:
        """Header, banner and footer as the scene and its screen want them."""
        screen = self._screen
        if screen is None:
            return
        self._header.language = self._scene.visit.language
        self._header.has_prompt = self._prompter.is_wanted
        self._header.is_prompting = self._prompter.is_on
        self._frame.name(self._profile, self._scene)
        self._column.hold(self._frame.around(screen, *flow.progress(self._scene.visit)))

    def tidy(self, *_: object) -> None:
        """Forget what the visit left in memory, now that nobody waits for a frame."""
        for screen in self._screens.values():
            if screen.is_behind:  # nothing of the visit may wait to be shown over
                screen.show_now()
        forget()

    def _wipe(self) -> None:
        """Forget everything that was typed or shown of the visit."""
        self._tidy_soon.cancel()
        self._tidy_soon()
        self.sound.hush()
        self._prompter.end()
        for screen in self._screens.values():
            screen.wipe()
            screen.scene = Scene(visit=self._scene.visit)
        self._readying.resume()

    def _keep_watch(self) -> None:
        self._interlude.end()
        match self._scene.visit.step:
            case _ if self.is_called:
                self._vigil.watch(asks=False, wait_s=CALLED_S)
            case Step.HOME:
                if self._is_as_found():
                    self._vigil.rest()
                    self._interlude.wait()
                else:
                    self._vigil.watch(asks=False)
            case Step.THANKS | Step.JOINED:
                more = opinions.are_offered(self._profile, self._scene.visit.rating)
                self._vigil.watch(asks=False, wait_s=MORE_S if more else THANKS_S)
            case _:
                self._vigil.watch(asks=True)

    def _is_as_found(self) -> bool:
        """Whether home stands as whoever comes next should find it."""
        scene = self._scene
        is_first = scene.visit.language == self._profile.languages[0]
        return is_first and scene.access == PLAIN and self._cover is None

    def _count_down(self, left_s: float) -> None:
        sheet = self._covers["still_there"]
        sheet.left_s, sheet.is_typed = left_s, self._scene.visit.step is not Step.DONE
        if not sheet.parent:
            self._lay_over(sheet)

    def _stay(self, *_: object) -> None:
        self._uncover("still_there")
        self._keep_watch()

    def _leave(self, *_: object) -> None:
        self._uncover()
        self._ask(Leave())
