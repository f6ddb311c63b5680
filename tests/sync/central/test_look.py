"""The style sheet's tokens: contrast as WCAG 2 counts it."""

import re
from pathlib import Path

import pytest

import sync.central

STYLES = (Path(sync.central.__file__).parent / "static/central.css").read_text()
LIGHT, DARK = re.findall(r":root \{(.*?)\}", STYLES, re.DOTALL)[:2]


def tokens(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [tokens(LIGHT), {**tokens(LIGHT), **tokens(DARK)}])
def test_words_stand_out_seven_to_one(palette):
    for text in ("ink", "muted", "klong", "good", "warn", "danger"):
        for ground in ("paper", "card"):
            assert contrast(palette[text], palette[ground]) >= 7, (text, ground)
    for band in ("band", "band-good", "band-warn"):
        assert contrast(palette["on-band"], palette[band]) >= 7, band
    assert contrast(palette["on-head"], palette["head"]) >= 7
    assert contrast(palette["on-marigold"], palette["marigold"]) >= 7
    assert contrast(palette["line"], palette["card"]) >= 3


def test_the_style_sheet_is_small_and_asks_nobody_else():
    assert len(STYLES) < 16_000
    assert "url(" not in STYLES
    assert "@import" not in STYLES
