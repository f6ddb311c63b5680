"""New officers. No password is ever a default one, and none is kept in the clear."""

import secrets

from django.contrib.auth.models import Permission
from django.db import IntegrityError

from sync.central.errors import CodeTaken
from sync.central.officers.models import Officer
from sync.reference import ALPHABET, grouped

FIRST_OFFICER = "officer"
PASSWORD_LENGTH = 16
CONFIDENTIAL = "open_confidential"


def create_officer(name: str, *, confidential: bool = False) -> str:
    """Create an officer and return the password, which is told only here.

    `confidential` lets the officer open cases about corruption.

    Raises:
        CodeTaken: there is an officer of that name.
    """
    password = grouped("".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH)))
    try:
        officer = Officer.objects.create_user(name, password=password)
    except IntegrityError as error:
        raise CodeTaken(f"there is an officer called {name} already") from error
    if confidential:
        officer.user_permissions.add(Permission.objects.get(codename=CONFIDENTIAL))
    return password


def create_first_officer() -> str:
    """The first officer's password, or nothing where there is an officer already."""
    return "" if Officer.objects.exists() else create_officer(FIRST_OFFICER)
