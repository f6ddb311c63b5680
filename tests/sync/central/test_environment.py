from pathlib import Path

import pytest

from sync.central.database import address
from sync.central.environment import Environment, read, read_password, read_profile
from sync.central.errors import SettingsWrong


def test_there_is_a_default_for_everything():
    found = read({"PATH": "/bin", "CENTRAL_PORT": ""})
    assert found.public_url == "http://127.0.0.1:8470"
    assert found.embedded_database == Path("/var/lib/central/central.db")


def test_variables_are_read_as_what_they_are():
    found = read({"CENTRAL_PORT": "9000", "CENTRAL_PUBLIC_URL": "https://tk.example.go.th"})
    assert (found.port, found.host, found.is_https) == (9000, "tk.example.go.th", True)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"CENTRAL_PROT": "1"}, "CENTRAL_PROT: unknown; allowed: CENTRAL_STATE_DIR, CENTRAL_PORT"),
        ({"CENTRAL_PORT": "high"}, "CENTRAL_PORT: Expected int"),
        ({"CENTRAL_PORT": "70000"}, "CENTRAL_PORT: Expected int <= 65535"),
        ({"CENTRAL_STATE_DIR": "here"}, "CENTRAL_STATE_DIR: give an absolute path"),
        ({"CENTRAL_PUBLIC_URL": "tk.go.th"}, "CENTRAL_PUBLIC_URL: give https"),
        ({"CENTRAL_PUBLIC_URL": "https://"}, "CENTRAL_PUBLIC_URL: give https"),
        ({"CENTRAL_PUBLIC_URL": "https://a.th/x"}, "CENTRAL_PUBLIC_URL: a host name only"),
        ({"CENTRAL_PUBLIC_URL": "http://tk.go.th"}, "CENTRAL_PUBLIC_URL: plain http only"),
        ({"CENTRAL_PUBLIC_URL": "https://a:b"}, "CENTRAL_PUBLIC_URL: not an address"),
        ({"CENTRAL_MAIL_TO": "centre"}, "CENTRAL_MAIL_TO: not a mail address"),
        ({"CENTRAL_FLEET_MAIL_TO": "a@b.th,technician"}, "CENTRAL_FLEET_MAIL_TO: not a mail"),
        ({"CENTRAL_UNHEARD_MINUTES": "5"}, "CENTRAL_UNHEARD_MINUTES: Expected int >= 10"),
        ({"CENTRAL_CLOCK_ERROR_S": "soon"}, "CENTRAL_CLOCK_ERROR_S: Expected int"),
        ({"CENTRAL_SIGN_UPS_KEPT_DAYS": "0"}, "CENTRAL_SIGN_UPS_KEPT_DAYS: Expected int >= 1"),
        ({"CENTRAL_SMTP_SECURITY": "yes"}, "CENTRAL_SMTP_SECURITY: Invalid enum value"),
        ({"CENTRAL_SMTP_USER": "x"}, "CENTRAL_SMTP_PASSWORD_FILE: needed"),
        ({"CENTRAL_DATABASE": "central.db"}, "CENTRAL_DATABASE: give postgresql://user@host/name"),
        ({"CENTRAL_DATABASE": "mysql://u@h/d"}, "CENTRAL_DATABASE: give postgresql://"),
        ({"CENTRAL_DATABASE": "postgresql://u@h"}, "CENTRAL_DATABASE: name the database"),
        ({"CENTRAL_DATABASE": "postgresql://u@h/a/b"}, "CENTRAL_DATABASE: name the database"),
        ({"CENTRAL_DATABASE": "postgresql://h:x/d"}, "CENTRAL_DATABASE: the port is not a number"),
        ({"CENTRAL_DATABASE": "postgresql://h/d?shoes=1"}, "CENTRAL_DATABASE: not an address"),
        ({"CENTRAL_DATABASE": "postgresql://h/d?options=x"}, "CENTRAL_DATABASE: options cannot"),
        ({"CENTRAL_DATABASE": "postgresql://h/d?sslmode=prefer"}, "CENTRAL_DATABASE: sslmode="),
        ({"CENTRAL_DATABASE_PASSWORD_FILE": "/x"}, "CENTRAL_DATABASE: needed"),
    ],
)
def test_a_mistake_is_one_line_with_the_variables_name(variables, words):
    with pytest.raises(SettingsWrong) as caught:
        read(variables)
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)


def test_a_misspelt_profile_names_file_and_key(tmp_path):
    path = tmp_path / "profile.toml"
    path.write_text("nmae = 1\n")
    with pytest.raises(SettingsWrong, match=r"profile\.toml: .*nmae"):
        read_profile(path)
    with pytest.raises(SettingsWrong, match=r"CENTRAL_PROFILE: .*No such file"):
        read_profile(tmp_path / "none.toml")


def test_the_mail_servers_password_comes_from_a_file(tmp_path):
    path = tmp_path / "password"
    assert read_password(Environment()) == ""
    with pytest.raises(SettingsWrong):
        read_password(Environment(smtp_password_file=path))
    path.write_text("secret\n")
    assert read_password(Environment(smtp_password_file=path)) == "secret"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("/run/postgresql", {"host": "/run/postgresql", "dbname": "central"}),
        ("postgresql:///town?host=/run/pg", {"host": "/run/pg", "dbname": "town"}),
        ("postgresql://c@localhost:5433/town", {"host": "localhost", "dbname": "town"}),
        (
            "postgresql://c@db.example.go.th/town",
            {"host": "db.example.go.th", "dbname": "town", "sslmode": "verify-full"},
        ),
        (
            "postgresql://c@a.example.go.th,b.example.go.th/town?sslmode=verify-ca",
            {"host": "a.example.go.th,b.example.go.th", "dbname": "town", "sslmode": "verify-ca"},
        ),
    ],
)
def test_where_postgresql_is_may_be_said_in_several_ways(given, expected):
    assert read({"CENTRAL_DATABASE": given}).database == given
    found = address.parse(given)
    assert {name: found[name] for name in found if name not in ("user", "port")} == expected


def test_no_password_in_an_address_is_ever_said_aloud():
    for given in ("postgresql://u:hunter2@h/d", "postgresql://u:hunter2@h/d?x=1"):
        with pytest.raises(SettingsWrong) as caught:
            read({"CENTRAL_DATABASE": given})
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None
