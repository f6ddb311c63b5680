"""Papers beside their golden pictures: `GOLDEN=update` draws those anew."""

import os
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

FOLDER = Path(__file__).parents[1] / "golden"
MOST_STRAYS = 0.002


def assert_looks_as_before(picture: Image.Image, name: str) -> None:
    """Every dot within one dot of the golden picture's: another FreeType may round anew."""
    path = FOLDER / f"{name}.png"
    if os.environ.get("GOLDEN") == "update":
        picture.save(path, optimize=True)
    with Image.open(path) as file:
        golden = file.convert("1")
    assert picture.size == golden.size
    assert strays(picture, golden) <= MOST_STRAYS
    assert strays(golden, picture) <= MOST_STRAYS


def strays(picture: Image.Image, other: Image.Image) -> float:
    """The share of ink in `picture` that is more than a dot away from ink in `other`."""
    ink, near = (ImageChops.invert(each.convert("L")) for each in (picture, other))
    alone = ImageChops.subtract(ink, near.filter(ImageFilter.MaxFilter(3)))
    return alone.histogram()[255] / ink.histogram()[255]
