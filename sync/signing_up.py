"""Signing up for an activity that the idle glass told of. Pure."""

from typing import Annotated

import msgspec

from sync.case import Contact


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes; a name or a phone number, or both. Only ever leaves sealed."""

    contact: Contact
    language: Annotated[str, msgspec.Meta(max_length=8)] = "th"

    @property
    def is_somebody(self) -> bool:
        """Whether it says who comes."""
        return bool(self.contact.name.strip() or self.contact.phone.strip())

    def __repr__(self) -> str:
        return "SignUp()"
