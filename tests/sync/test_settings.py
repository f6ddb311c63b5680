import msgspec
import pytest

from sync.errors import BadMessage
from sync.settings import decode_toml


class Door(msgspec.Struct, forbid_unknown_fields=True):
    width_mm: int = 800


class House(msgspec.Struct, forbid_unknown_fields=True):
    doors: list[Door] = []
    front: Door = msgspec.field(default_factory=Door)


def test_settings_are_read_whole() -> None:
    house = decode_toml(b"[front]\nwidth_mm = 900\n[[doors]]\n", House)
    assert house == House(doors=[Door()], front=Door(width_mm=900))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"window = 1", "allowed: doors, front"),
        (b"[front]\nwidht_mm = 1", "allowed: width_mm"),
        (b"[[doors]]\nwidht_mm = 1", "allowed: width_mm"),
        (b"[front]\nwidth_mm = 'wide'", "front.width_mm"),
        (b"[front", ""),
        (b"\xff", ""),
    ],
)
def test_a_mistake_says_where_it_is_and_what_is_allowed(raw: bytes, said: str) -> None:
    with pytest.raises(BadMessage) as caught:
        decode_toml(raw, House)
    assert said in str(caught.value)
