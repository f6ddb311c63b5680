"""TOML into frozen structs: a misspelt key says where it stands and what is allowed."""

import re
from types import UnionType
from typing import TypeVar, get_args, get_origin, get_type_hints

import msgspec

from sync.errors import BadMessage

T = TypeVar("T")

_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(?P<name>\w+)|\[[^\]]*\]")


def decode_toml(raw: bytes, shape: type[T]) -> T:
    """Read TOML as `shape`.

    Raises:
        BadMessage: not TOML or not that shape; one line with the key and what is allowed.
    """
    try:
        return msgspec.toml.decode(raw, type=shape)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadMessage(f"{error}{_allowed(str(error), shape)}") from error


def _allowed(message: str, shape: object) -> str:
    """Which keys stand where the unknown one stood."""
    if "unknown field" not in message:
        return ""
    place = _PLACE.search(message)
    for step in _STEP.finditer(place["path"] if place else ""):
        shape = _part(shape, step["name"])
    fields = getattr(shape, "__struct_fields__", ())
    return f"; allowed: {', '.join(fields)}" if fields else ""


def _part(shape: object, name: str | None) -> object:
    """The type of a named field, or of the items of a list."""
    if name is None:
        return get_args(shape)[0] if get_origin(shape) is list else shape
    hints: dict[str, object] = get_type_hints(shape)
    part = hints[name]
    if isinstance(part, UnionType):  # a table that may be missing
        return next(each for each in get_args(part) if each is not type(None))
    return part
