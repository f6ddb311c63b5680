"""Officers' pages about kiosks."""

from django.urls import path

from sync.central.fleet import tending, views

urlpatterns = [
    path("devices", views.devices, name="devices"),
    path("devices/new", tending.new_device, name="new-device"),
    path("devices/<str:code>", views.device, name="device"),
    path("devices/<str:code>/revoke", tending.revoking, name="revoking"),
]
