"""New officers. No password is ever a default one, and none is kept in the clear."""

import secrets

from django.contrib.auth.models import Permission
from django.db import IntegrityError

from sync.central.errors import CodeTaken, OfficerUnknown
from sync.central.officers.models import Officer
from sync.reference import ALPHABET, grouped

FIRST_OFFICER = "officer"
PASSWORD_LENGTH = 16
CONFIDENTIAL = "open_confidential"
TEND = "tend"
"""The right to make join files for kiosks and to revoke them."""


def create_officer(name: str, *, confidential: bool = False, technician: bool = False) -> str:
    """Create an officer and return the password, which is told only here.

    `confidential` lets the officer open cases about corruption, `technician` make join files
    for kiosks and revoke them.

    Raises:
        CodeTaken: there is an officer of that name.
    """
    password = grouped("".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH)))
    try:
        officer = Officer.objects.create_user(name, password=password)
    except IntegrityError as error:
        raise CodeTaken(f"there is an officer called {name} already") from error
    if confidential:
        officer.user_permissions.add(_right(CONFIDENTIAL))
    if technician:
        officer.user_permissions.add(_right(TEND))
    return password


def make_technician(name: str, *, withdraw: bool = False) -> None:
    """Let an officer look after kiosks, or no longer.

    Raises:
        OfficerUnknown: there is no officer of that name.
    """
    officer = Officer.objects.filter(username=name).first()
    if officer is None:
        raise OfficerUnknown(f"there is no officer called {name}")
    rights = officer.user_permissions
    rights.remove(_right(TEND)) if withdraw else rights.add(_right(TEND))


def _right(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def create_first_officer() -> str:
    """The first officer's password, or nothing where there is an officer already."""
    return "" if Officer.objects.exists() else create_officer(FIRST_OFFICER)
