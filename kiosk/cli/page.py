"""Reports on a terminal: the same words as in a pipe, with their signs in colour.

Rich is loaded only where there are colours to show; `NO_COLOR` turns them off.
"""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.cli.verb import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_SIGNS = (
    r"(?m)^(?P<ok>ok) ",
    r"(?m)(?:^|[:;] |  )(?P<see>see|WARN) ",
    r"(?m)(?:^|[:;] |  )(?P<bad>BAD|ERROR) ",
    r"(?m)(?P<next>(?:-> |next: ).*)$",
    r"(?m)^(?P<name>[a-z]+)  +",
    r"(?m)^(?P<will>will) ",
)
_COLOURS = {
    "kiosk.ok": "green",
    "kiosk.see": "yellow",
    "kiosk.bad": "bold red",
    "kiosk.next": "cyan",
    "kiosk.name": "bold",
    "kiosk.will": "yellow",
}


def show(words: str) -> bool:
    """A report to standard output, without colours for a program; False where nobody reads."""
    if not sys.stdout.isatty():
        return say(words)
    with suppress(OSError):
        terminal().print(coloured(words.rstrip()), soft_wrap=True)
        return True
    return False


def coloured(words: str) -> "Text":
    """The words with their signs in colour."""
    from rich.highlighter import RegexHighlighter

    class Signs(RegexHighlighter):
        base_style = "kiosk."
        highlights = list(_SIGNS)

    return Signs()(words)


def terminal() -> "Console":
    """Standard output, its own width and colours; nothing in words is markup."""
    from rich.console import Console
    from rich.theme import Theme

    return Console(theme=Theme(_COLOURS), highlight=False, markup=False, emoji=False)
