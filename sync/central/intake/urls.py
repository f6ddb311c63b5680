"""Paths of the device API, from the table both ends share."""

from django.urls import path, register_converter

from sync.central.content.views import bulletin, picture, profile
from sync.central.intake import views
from sync.central.keys.views import keyring
from sync.central.track.asking import inquiries
from sync.wire import PATHS

PREFIX = "/api/v1/"


class _Address:
    """An attachment's or a picture's: a SHA-256 in hexadecimal."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class _Offset:
    """Where a piece begins, in bytes."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(value)


register_converter(_Address, "address")
register_converter(_Offset, "offset")


def _below(name: str) -> str:
    return PATHS[name].removeprefix(PREFIX)


urlpatterns = [
    path(_below("enrol"), views.enrolments),
    path(_below("device_key"), views.device_keys),
    path(_below("records"), views.records),
    path(_below("beat"), views.beats),
    path(_below("tally"), views.tallies),
    path(_below("held"), views.holdings),
    path(f"{_below('attachments')}/<address:address>", views.attachment),
    path(f"{_below('attachments')}/<address:address>/<offset:offset>", views.piece),
    path(_below("inquire"), inquiries),
    path(_below("keys"), keyring),
    path(_below("profile"), profile),
    path(_below("bulletin"), bulletin),
    path(f"{_below('pictures')}/<address:address>", picture),
    path(_below("openapi"), views.openapi),
]
