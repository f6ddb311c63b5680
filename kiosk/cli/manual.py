"""The manual page and the shell's completion, both made of the verbs' own help.

`python -m kiosk.cli.manual FOLDER` writes `man/kiosk.1` and `completion/kiosk` below FOLDER,
as a release's `share/` has them.
"""

import argparse
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import shtab

from kiosk.cli import parser

SHELLS = ("bash", "zsh")
MANUAL, COMPLETION = "man/kiosk.1", "completion/kiosk"
_DEEDS = """Each verb that changes something says what it will change before it does, and
refuses while a resident is at the glass unless told
.BR \\-\\-now ."""
_JSON = """With
.B \\-\\-json
there is always JSON on standard output, and nothing else. Where there is no answer it is one line,
.B {"error": {"code": ..., "finding": ..., "next": ...}} ,
with the code
.BR usage ", " config ", " permission ", " system ", " occupied ", " busy ", " not_now ,
.BR release_refused " or " unfinished .
What is said meanwhile, and the same refusal in words, is on standard error. Exit codes stay."""
_FILES = """.TP
.I /etc/kiosk/kiosk.toml
facts of this box;
.B KIOSK_CONFIG
names another file
.TP
.I /etc/kiosk/backup.pub
the operator's key, to which
.B kiosk backup
seals
.TP
.I /var/lib/kiosk
store, identity and what central released"""
_EXITS = """.TP
0
fine
.TP
1
found something wrong, or had to wait; said what to do next
.TP
2
wrong usage or configuration"""


def completion(shell: str) -> str:
    """What the shell reads to complete verbs and options; `shell` is one of `SHELLS`."""
    return str(shtab.complete(parser(), shell=shell))


def page() -> str:
    """The manual page, in man(7)'s language."""
    whole = parser()
    parts = [
        f'.TH KIOSK 1 "" "rapfang {version("rapfang")}" "Rapfang"',
        ".SH NAME\nkiosk \\- look after a Rapfang kiosk",
        ".SH SYNOPSIS\n.B kiosk\n.I VERB\n[options]",
        ".SH DESCRIPTION\n" + _escaped(whole.description or ""),
        _DEEDS,
        ".SH VERBS",
        *(_verb(name, verb) for name, verb in verbs_of(whole)),
        ".SH EXIT STATUS\n" + _EXITS,
        ".SH FOR PROGRAMS\n" + _JSON,
        ".SH FILES\n" + _FILES,
    ]
    return "\n".join(parts) + "\n"


def verbs_of(whole: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every verb with its own parser, in the order of `kiosk --help`."""
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _verb(name: str, verb: argparse.ArgumentParser) -> str:
    lines = [f".SS kiosk {_escaped(name)}", _escaped(verb.description or "")]
    for action in verb._actions:
        if not isinstance(action, argparse._HelpAction):
            lines += [".TP", f".B {_escaped(_called(action))}", _escaped(action.help or "")]
    return "\n".join([*lines, ".PP", _escaped(verb.epilog or "")])


def _called(action: argparse.Action) -> str:
    """`--since WHEN`, `FILE`, `-n N, --lines N`."""
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return value
    return ", ".join(f"{option} {value}".strip() for option in action.option_strings)


def _escaped(words: str) -> str:
    """For troff: a dot that begins a line, a hyphen and a backslash mean themselves."""
    plain = words.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def main(folder: Path) -> None:
    """Write both below `folder`."""
    for name, words in ((MANUAL, page()), (COMPLETION, completion("bash"))):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
