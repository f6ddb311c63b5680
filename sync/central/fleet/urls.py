"""Officers' page about kiosks."""

from django.urls import path

from sync.central.fleet import views

urlpatterns = [path("devices", views.devices, name="devices")]
