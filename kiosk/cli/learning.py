"""What helps to type: the shell's completion, the manual page."""

import argparse
from typing import TYPE_CHECKING

from kiosk.cli.verb import FINE, add_verb, say
from kiosk.config import Config

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


def add_to(verbs: "Verbs") -> None:
    """List them."""
    words = "what a shell reads to complete `kiosk`"
    shell = add_verb(verbs, "completion", _completion, words, "kiosk completion bash")
    shell.add_argument("shell", choices=["bash", "zsh"])
    words = "the manual page, for man(1)"
    add_verb(verbs, "manual", _manual, words, "kiosk manual").set_defaults(needs_config=False)
    shell.set_defaults(needs_config=False)


def _completion(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk.cli import manual

    say(manual.completion(arguments.shell))
    return FINE


def _manual(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk.cli import manual

    say(manual.page())
    return FINE
