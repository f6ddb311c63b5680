import pytest

from kiosk.theme import PAIRS, Access, Theme, contrast


@pytest.mark.parametrize("high_contrast", [False, True])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_stands_out_from_its_ground(ink: str, ground: str, high_contrast: bool) -> None:
    theme = Theme()
    theme.fit(1024, 600, Access(high_contrast=high_contrast))
    assert contrast(theme.colour(ink), theme.colour(ground)) >= 7


def test_black_on_white_is_the_most_contrast_there_is() -> None:
    assert contrast((0, 0, 0, 1), (1, 1, 1, 1)) == pytest.approx(21)


@pytest.mark.parametrize(
    ("size", "least_mm"),
    [((800, 480), 12), ((1024, 600), 15), ((1280, 800), 15), ((1080, 1920), 20)],
)
def test_a_target_is_as_large_as_a_finger_needs_on_its_panel(
    size: tuple[int, int], least_mm: float
) -> None:
    theme = Theme()
    theme.fit(*size)
    assert least_mm <= theme.target / theme.px_per_mm < least_mm + 2


def test_large_text_is_a_quarter_larger_and_targets_stay() -> None:
    plain, large = Theme(), Theme()
    plain.fit(1024, 600)
    large.fit(1024, 600, Access(large_text=True))
    for role in ("title", "question", "body", "small"):
        assert large.em(role) / plain.em(role) == pytest.approx(1.25, abs=0.04)
    assert large.target == plain.target


def test_targets_have_72_pixels_on_a_panel_of_1024x600() -> None:
    theme = Theme()
    theme.fit(1024, 600)
    assert theme.target >= 72
