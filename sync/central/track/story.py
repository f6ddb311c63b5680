"""What the track page tells of a case; nothing else of it reaches the template."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from sync.central import municipality
from sync.central.cases.models import Case, Status


class Story:
    """PLACEHOLDER."""

    def __init__(self, case: Case) -> None:
        self.reference = case.reference
