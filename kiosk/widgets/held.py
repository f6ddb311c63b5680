"""What a finger that stays on a key is offered: a strip of further letters above it. Pure."""

import msgspec

from kiosk.widgets.layouts import Key

Box = tuple[float, float, float, float]


class Held(msgspec.Struct, frozen=True):
    """The strip over one held key: its letters, where each lies, and the one meant.

    Boxes are x, y, width and height in window pixels from the bottom.
    """

    letters: tuple[str, ...]
    boxes: tuple[Box, ...]
    chosen: int = 0

    @property
    def letter(self) -> str:
        """The letter that counts when the finger lifts."""
        return self.letters[self.chosen]

    def toward(self, x: float) -> "Held":
        """The same strip with the letter nearest to `x` chosen."""
        middles = [abs(left + wide / 2 - x) for left, _, wide, _ in self.boxes]
        return msgspec.structs.replace(self, chosen=middles.index(min(middles)))


def further(key: Key, *, is_shifted: bool) -> tuple[str, ...]:
    """What a finger that stays may have instead: the other level's letter, then rarer ones."""
    if key.act:
        return ()
    typed, other = key.typed(is_shifted=is_shifted), key.typed(is_shifted=not is_shifted)
    return tuple(letter for letter in (other, *key.held) if letter and letter != typed)


def strip_over(box: Box, letters: tuple[str, ...], span: tuple[float, float]) -> Held:
    """The strip for a key at `box`, kept between the left and right edges of `span`."""
    left, low, wide, tall = box
    start = min(max(span[0], left), span[1] - wide * len(letters))
    boxes = tuple((start + wide * at, low + tall, wide, tall) for at in range(len(letters)))
    return Held(letters, boxes)
