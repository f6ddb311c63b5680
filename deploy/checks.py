"""Checks that no other tool makes: are all words there in all languages?

`python -m deploy.checks` reads every gettext catalogue, extracts the messages from the
code anew and names each one that is missing, untranslated or fuzzy. It also holds the
table of who has reviewed what, in kiosk/locale/README.md, to the catalogues, and asks
whether udev understands our rules and systemd our units. Exit 0 or 1.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from deploy import rules, units
from kiosk.languages import NAMES

CHECKOUT = Path(__file__).resolve().parents[1]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "N_": None}


MACHINE_MADE = "machine-made, not reviewed"
"""The comment of a message that no speaker of the language has read."""
REVIEWS = "kiosk/locale/README.md"
"""Its table has a line for each catalogue: `| km | kiosk | machine-made |`."""

Method = tuple[str, str]


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """One set of catalogues: where they lie, which code speaks through them, and in what."""

    name: str
    locale_dir: str
    code: str
    methods: list[Method]
    languages: tuple[str, ...] = ("th", "en")

    def catalogues(self) -> dict[str, Path]:
        """Language to its .po file."""
        found = (CHECKOUT / self.locale_dir).glob(f"*/LC_MESSAGES/{self.name}.po")
        return {path.parts[-3]: path for path in found}

    def messages(self) -> set[str]:
        """Every message that the code says."""
        methods = [*self.methods]
        found = extract_from_dir(CHECKOUT / self.code, method_map=methods, keywords=KEYWORDS)
        return {
            message if isinstance(message, str) else message[0] for _, _, message, _, _ in found
        }


def problems(domain: Domain) -> Iterator[str]:
    """What is wrong with the catalogues of one domain, a line each."""
    messages = domain.messages()
    catalogues = domain.catalogues()
    for language in domain.languages:
        if language not in catalogues:
            yield f"{domain.name}: there is no catalogue for {language}"
    for language, path in sorted(catalogues.items()):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
        yield from _missing(catalogue, messages, str(path.relative_to(CHECKOUT)))


def _missing(catalogue: Catalog, messages: set[str], where: str) -> Iterator[str]:
    known = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue if m.id}
    for message in sorted(messages - set(known)):
        yield f"{where}: not there: {message!r}"
    for words, entry in known.items():
        if entry.fuzzy or not (entry.string and all(entry.string)):
            yield f"{where}: not translated: {words!r}"
        if words not in messages:
            yield f"{where}: nobody says this any more: {words!r}"


PAPER = ("slip.py", "papers/**.py")
"""What speaks on paper, not on the glass."""

DOMAINS = [
    Domain(
        name="kiosk",
        locale_dir="kiosk/locale",
        code="kiosk",
        methods=[
            ("slip.py", "ignore"),
            ("papers/**.py", "ignore"),
            ("**.py", "python"),
            ("**.kv", "python"),
        ],
        languages=tuple(NAMES),
    ),
    Domain(
        name="slip",
        locale_dir="kiosk/locale",
        code="kiosk",
        methods=[(each, "python") for each in PAPER],
        languages=tuple(NAMES),
    ),
    Domain(
        name="django",
        locale_dir="sync/central/locale",
        code="sync/central",
        methods=[("**.py", "python"), ("**.html", "sync.central.extraction:templates")],
    ),
]


def review_state(catalogue: Catalog) -> str:
    """`machine-made`, `partly reviewed` or `reviewed`, by the comments of its messages."""
    marked = [MACHINE_MADE in entry.user_comments for entry in catalogue if entry.id]
    if not any(marked):
        return "reviewed"
    return "machine-made" if all(marked) else "partly reviewed"


def review_problems(domain: Domain, table: str) -> Iterator[str]:
    """Catalogues of which `table` says something else than their comments do."""
    for language, path in sorted(domain.catalogues().items()):
        with path.open("rb") as file:
            state = review_state(read_po(file, locale=language))
        line = f"| {language} | {domain.name} | {state} |"
        if line not in table.splitlines():
            yield f"{REVIEWS}: not there: {line}"


def main() -> int:
    """Name every problem; 1 if there is any."""
    found = [problem for domain in DOMAINS for problem in problems(domain)]
    table = (CHECKOUT / REVIEWS).read_text()
    glass = [domain for domain in DOMAINS if domain.locale_dir == "kiosk/locale"]
    found += [problem for domain in glass for problem in review_problems(domain, table)]
    found += [
        problem for path in sorted(rules.FOLDER.iterdir()) for problem in rules.problems(path)
    ]
    found += units.problems()
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
