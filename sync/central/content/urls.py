"""Officers' pages about what idle glasses show."""

from django.urls import path

from sync.central.content import editing

urlpatterns = [
    path("content", editing.contents, name="contents"),
    path("content/new", editing.item, name="new-item"),
    path("content/<uuid:item_id>", editing.item, name="item"),
    path("content/pictures/<address:address>", editing.picture, name="picture"),
    path("content/<uuid:item_id>/off", editing.taking_off, name="taking-off"),
]
