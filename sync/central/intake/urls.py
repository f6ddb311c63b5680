"""Paths of the device API, from the table both ends share."""

from django.urls import path

from sync.central.intake import views
from sync.wire import PATHS

PREFIX = "/api/v1/"

urlpatterns = [
    path(PATHS["enrol"].removeprefix(PREFIX), views.enrolments),
    path(PATHS["records"].removeprefix(PREFIX), views.records),
    path(PATHS["beat"].removeprefix(PREFIX), views.beats),
    path(PATHS["openapi"].removeprefix(PREFIX), views.openapi),
]
