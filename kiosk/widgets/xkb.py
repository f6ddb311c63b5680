"""Which letter is on which key, asked of the system: libxkbcommon reads Debian's xkb-data.

The layouts are those that people know from their computers: Khmer is NiDA's, Burmese
Myanmar3's, Lao the Lao standard. Reading one takes 5 to 12 ms and happens once.
"""

import ctypes
from collections.abc import Iterator
from ctypes import POINTER, c_char_p, c_int, c_uint32, c_void_p
from functools import cache

LIBRARY = "libxkbcommon.so.0"
COUNTRIES = {"km": "kh", "my": "mm", "lo": "la", "th": "th"}
"""Language to XKB's name of its layout, which is a country's."""
ROWS = (
    ("TLDE", *(f"AE{number:02}" for number in range(1, 13))),
    (*(f"AD{number:02}" for number in range(1, 13)), "BKSL"),
    tuple(f"AC{number:02}" for number in range(1, 12)),
    tuple(f"AB{number:02}" for number in range(1, 11)),
)
"""The keys of letters by XKB's names, from the top."""
LEVELS = 4
"""Plain, shifted, and both again with the right Alt key."""

Levels = tuple[str, ...]

_DIGRAPHS = {
    "\u17fb": "ុះ",
    "\u17fc": "ុំ",
    "\u17fd": "េះ",
    "\u17fe": "ោះ",
    "\u17ff": "ាំ",
}
"""Khmer vowels of two characters: XKB has code points of its own for them, which X11's
table `Compose` turns into these."""


class _Names(ctypes.Structure):
    """`struct xkb_rule_names`."""

    _fields_ = [(name, c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


@cache
def rows(language: str) -> tuple[tuple[Levels, ...], ...]:
    """The letters of each key, row by row: what each level types, empty where nothing.

    Raises:
        OSError: libxkbcommon or its data is not installed.
        KeyError: XKB is not asked for this language.
    """
    library = _library()
    if not (context := library.xkb_context_new(0)):
        raise OSError("xkb-data is not installed")
    names = _Names(layout=COUNTRIES[language].encode())
    keymap = library.xkb_keymap_new_from_names(context, ctypes.byref(names), 0)
    if not keymap:
        library.xkb_context_unref(context)
        raise OSError(f"xkb-data has no layout {COUNTRIES[language]!r}")
    try:
        return tuple(tuple(tuple(_letters(library, keymap, key)) for key in row) for row in ROWS)
    finally:
        library.xkb_keymap_unref(keymap)
        library.xkb_context_unref(context)


def _letters(library: ctypes.CDLL, keymap: int, key: str) -> Iterator[str]:
    code = library.xkb_keymap_key_by_name(keymap, key.encode())
    for level in range(LEVELS):
        symbols = POINTER(c_uint32)()
        count = library.xkb_keymap_key_get_syms_by_level(
            keymap, code, 0, level, ctypes.byref(symbols)
        )
        letter = chr(library.xkb_keysym_to_utf32(symbols[0])) if count == 1 else ""
        letter = _DIGRAPHS.get(letter, letter)
        yield letter if letter.isprintable() else ""


@cache
def _library() -> ctypes.CDLL:
    """libxkbcommon, told what its functions take and return."""
    library = ctypes.CDLL(LIBRARY)
    kinds: dict[str, tuple[object, list[object]]] = {
        "xkb_context_new": (c_void_p, [c_int]),
        "xkb_context_unref": (None, [c_void_p]),
        "xkb_keymap_new_from_names": (c_void_p, [c_void_p, POINTER(_Names), c_int]),
        "xkb_keymap_unref": (None, [c_void_p]),
        "xkb_keymap_key_by_name": (c_uint32, [c_void_p, c_char_p]),
        "xkb_keymap_key_get_syms_by_level": (
            c_int,
            [c_void_p, c_uint32, c_uint32, c_uint32, POINTER(POINTER(c_uint32))],
        ),
        "xkb_keysym_to_utf32": (c_uint32, [c_uint32]),
    }
    for name, (result, arguments) in kinds.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
