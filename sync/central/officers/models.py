"""Who works at the complaint centre and in the divisions."""

from django.contrib.auth.models import AbstractUser


class Officer(AbstractUser):
    """An officer; a model of our own from the start, so that it may grow."""
