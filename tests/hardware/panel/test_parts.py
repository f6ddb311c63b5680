"""Which header can be wired how."""

import pytest

from hardware.errors import DeviceMisuse
from hardware.panel.parts import INPUTS, OUTPUTS, PARTS, USUAL, Line, insist_on_possible


def test_a_panel_with_every_part_fits_on_the_header_as_it_is_by_default() -> None:
    assert set(USUAL) == set(PARTS)
    insist_on_possible(USUAL)


def test_outputs_hang_where_a_pi_pulls_low_until_somebody_sets_them() -> None:
    assert all(USUAL[part].bcm >= 9 and USUAL[part].active == "high" for part in OUTPUTS)


def test_an_input_with_a_cut_wire_is_off_except_the_cabinets() -> None:
    resting = {"up": True, "down": False}
    cut = {part for part in INPUTS if USUAL[part].is_on(level=resting[USUAL[part].pull])}
    assert cut == {"cabinet"}


@pytest.mark.parametrize(
    ("wiring", "said"),
    [
        ({"face_1": Line(bcm=5), "fan": Line(bcm=5)}, "fan: BCM 5 is taken by face_1"),
        ({"face_1": Line(bcm=1)}, "face_1: BCM 1 is none of 2 to 27"),
        ({"face_1": Line(bcm=28)}, "face_1: BCM 28 is none of 2 to 27"),
        ({"face_1": Line(bcm=3, pull="down")}, 'BCM 3 is pulled up on the board; pull = "up"'),
        ({"face_6": Line(bcm=5)}, "face_6: a panel has no such part"),
    ],
)
def test_a_header_that_can_not_be_is_refused(wiring: dict[str, Line], said: str) -> None:
    with pytest.raises(DeviceMisuse, match=said):
        insist_on_possible(wiring)
