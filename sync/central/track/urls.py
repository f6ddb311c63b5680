"""Paths for residents; `/T/...` is printed in upper case and read in any."""

from django.urls import path, re_path

from sync.central.track import views

urlpatterns = [
    path("", views.home, name="home"),
    re_path(r"^[tT]/(?P<reference>[^/]{1,40})/(?P<key>[^/]{1,60})/?$", views.track, name="track"),
]
