"""The path in the code of a box opening's record: in upper case on paper, read in any."""

from django.urls import re_path

from sync.central.fleet import views

urlpatterns = [
    re_path(
        r"^[aA]/(?P<code>[^/]{2,4})/(?P<through>\d{1,10})/(?P<chain>[0-9a-fA-F]{64})"
        r"(?:/(?P<without>\d{1,10}(?:-\d{1,10}){0,19}))?/?$",
        views.anchor,
        name="anchor",
    ),
]
