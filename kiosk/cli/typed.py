"""What was typed, as a verb with its options; or in few words why it is none."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from kiosk.cli.verb import NEXT

LONGEST = 24
"""Of a word that is told back."""


class Misused(Exception):
    """The words make no command; says why and whose help to read."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """One that raises Misused in the place of a usage line that is longer than a screen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verbs: dict[str, argparse.ArgumentParser] = {}

    def error(self, message: str) -> NoReturn:
        """Raises Misused."""
        raise Misused(f"{message}{NEXT}{self.prog} --help")


def parse(whole: Parser, typed: Sequence[str]) -> argparse.Namespace:
    """The verb and its options. Raises Misused: no such verb, option or value."""
    if typed and not typed[0].startswith("-") and typed[0] not in whole.verbs:
        near = _near(typed[0], whole.verbs)
        raise Misused(f"no such verb: {_short(typed[0])}{near}{NEXT}kiosk --help")
    arguments, unknown = whole.parse_known_args(typed)
    if unknown:
        verb = whole.verbs[arguments.verb]
        options = [option for action in verb._actions for option in action.option_strings]
        what = "no such option" if unknown[0].startswith("-") else "one word too many"
        words = f"{what}: {_short(unknown[0])}{_near(unknown[0], options)}"
        raise Misused(f"{words}{NEXT}{verb.prog} --help")
    return arguments


def _near(word: str, known: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word.partition("=")[0], list(known), n=2)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def _short(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 3]}..."
