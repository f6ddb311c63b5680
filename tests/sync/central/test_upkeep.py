"""What is easily forgotten: a migration after a change, a word in a catalogue."""

from io import StringIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.core.management import call_command

import sync.central

CENTRAL = Path(sync.central.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "sync.central.extraction:templates")]


def test_every_change_of_a_model_has_its_migration(db):
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_word_is_in_the_catalogue_and_no_other(language):
    said = {message for _, _, message, _, _ in extract_from_dir(CENTRAL, method_map=METHODS)}
    with (CENTRAL / f"locale/{language}/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = {entry.id: entry for entry in read_po(file, locale=language) if entry.id}
    assert set(catalogue) == said
    for entry in catalogue.values():
        words = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        assert all(words), entry.id
        assert not entry.fuzzy
