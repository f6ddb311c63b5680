"""`central backup` and `central restore`: real processes, real databases of both kinds."""

import io
import shutil

import pytest

from sync.central.backup.commands import unseal
from sync.central.errors import BackupRefused
from sync.strongbox import PRIVATE, make_keys, read_key
from tests.sync.central.conftest import PROFILE
from tests.sync.central.running import Central

CODE = "B7"


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """The operator's public key; the private half lies beside it."""
    public = tmp_path_factory.mktemp("safe") / "backup.pub"
    private, words = make_keys()
    public.write_text(words)
    public.with_suffix(".key").write_text(private)
    return public


def central_in(folder, database=""):
    """An operator's shell: a central that need not run."""
    folder.mkdir()
    return Central(folder, PROFILE, database)


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory, key):
    """A central that handed a code out, and its backup."""
    folder = tmp_path_factory.mktemp("operator")
    central = central_in(folder / "one")
    said(central, "migrate")
    said(central, "join-file", CODE)
    return central, back_up(central, folder / "backups", key)


def back_up(central, folder, key):
    folder.mkdir()
    said(central, "backup", "--to", str(folder), "--key", str(key))
    [made] = folder.iterdir()
    return made


def said(central, *words):
    done = central.command(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(central, *words):
    done = central.command(*words)
    assert done.returncode == 2, done.stdout
    return done.stderr


def restore(central, made, key):
    return ("restore", str(made), "--key", str(key.with_suffix(".key")))


def test_a_backup_comes_back_on_another_machine_with_database_and_keys(tmp_path, key, backed_up):
    central, made = backed_up
    fresh = central_in(tmp_path / "two")
    assert "central migrate" in said(fresh, *restore(fresh, made, key))
    said(fresh, "migrate")
    assert said(fresh, "keys", "list") == said(central, "keys", "list")
    assert "handed out before" in refused(fresh, "join-file", CODE)


def test_nothing_of_a_backup_is_read_without_the_operators_key(tmp_path, backed_up):
    central, made = backed_up
    content = made.read_bytes()
    for path in (central.folder / "state/keys").glob("*.key"):
        assert path.read_bytes() not in content
    assert b"SQLite" not in content
    with pytest.raises(BackupRefused, match="does not open"):
        unseal(io.BytesIO(content), read_key(make_keys()[0], PRIVATE), tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_the_private_key_nobody_is_told_to_make_another_pair(tmp_path, backed_up):
    central, made = backed_up
    words = refused(central, *restore(central, made, tmp_path / "lost"))
    assert "lost.key: no such key; next: bring the private half that" in words


def test_a_backup_that_was_cut_off_or_changed_is_none(tmp_path, key, backed_up):
    content = backed_up[1].read_bytes()
    private = read_key(key.with_suffix(".key").read_text(), PRIVATE)
    for number, damaged in enumerate(
        (content[:-100], content[:5000] + b"x" + content[5001:], b"", content + b"x")
    ):
        (tmp_path / str(number)).mkdir()
        with pytest.raises(BackupRefused):
            unseal(io.BytesIO(damaged), private, tmp_path / str(number))


def test_a_damaged_backup_leaves_no_central_behind(tmp_path, key, backed_up):
    cut = tmp_path / "cut.backup"
    cut.write_bytes(backed_up[1].read_bytes()[:-100])
    fresh = central_in(tmp_path / "two")
    assert "not all of it" in refused(fresh, *restore(fresh, cut, key))
    assert not list((tmp_path / "two").glob("state/*"))


def test_a_backup_never_takes_the_place_of_a_central(key, backed_up):
    central, made = backed_up
    assert "there is a central here" in refused(central, *restore(central, made, key))


def test_older_backups_are_let_go_of_and_drafts_too(tmp_path, key, backed_up):
    central, _ = backed_up
    for name in ("central-20200101T000000Z.backup", ".central-20200102T000000Z.backup.draft"):
        (tmp_path / name).touch()
    said(central, "backup", "--to", str(tmp_path), "--key", str(key), "--keep", "1")
    [left] = tmp_path.iterdir()
    assert left.name > "central-2026"
    assert not list((central.folder / "state").glob(".backup*"))


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path, key, backed_up):
    central, _ = backed_up
    words = refused(central, "backup", "--to", str(tmp_path / "nowhere"), "--key", str(key))
    assert "nowhere" in words
    assert words.count("\n") == 1


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="PostgreSQL's client is not here")
def test_postgresql_comes_back_as_it_was(tmp_path, key, postgres):
    central = central_in(tmp_path / "one", postgres.create("backup-one"))
    said(central, "migrate")
    said(central, "join-file", CODE)
    made = back_up(central, tmp_path / "backups", key)
    fresh = central_in(tmp_path / "two", postgres.create("backup-two"))
    said(fresh, *restore(fresh, made, key))
    assert "handed out before" in refused(fresh, "join-file", CODE)
    embedded = central_in(tmp_path / "three")
    assert "another kind" in refused(embedded, *restore(embedded, made, key))
