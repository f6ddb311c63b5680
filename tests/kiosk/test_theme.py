import pytest

from kiosk.theme import PAIRS, Theme, contrast


@pytest.mark.parametrize("high_contrast", [False, True])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_stands_out_from_its_ground(ink: str, ground: str, high_contrast: bool) -> None:
    theme = Theme()
    theme.fit(1024, 600, high_contrast=high_contrast)
    assert contrast(theme.colour(ink), theme.colour(ground)) >= 7


def test_black_on_white_is_the_most_contrast_there_is() -> None:
    assert contrast((0, 0, 0, 1), (1, 1, 1, 1)) == pytest.approx(21)


@pytest.mark.parametrize("size", [(800, 480), (1024, 600), (1280, 800), (1080, 1920)])
def test_a_target_is_the_same_in_millimetres_on_every_panel(size: tuple[int, int]) -> None:
    theme = Theme()
    theme.fit(*size)
    assert theme.target / theme.px_per_mm == pytest.approx(15.6, abs=0.3)


def test_targets_have_72_pixels_on_a_panel_of_1024x600() -> None:
    theme = Theme()
    theme.fit(1024, 600)
    assert theme.target >= 72
