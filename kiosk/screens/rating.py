"""How was our service? Five faces, one touch."""

from kiosk.scene import Choose, Scene
from kiosk.screens import faces  # noqa: F401  (kv names it)
from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class RatingScreen(Screen):
    """A touch on a face is the rating."""

    def show(self, scene: Scene) -> None:
        """Which division is rated."""
        rating = scene.visit.rating
        if rating and rating.division_code:
            division = self.profile.division(rating.division_code)
            self.ids.division.text = division.name.in_language(scene.visit.language)

    def rate(self, score: int) -> None:
        """Give the rating."""
        self.ask(Choose("score", score))
