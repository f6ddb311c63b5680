"""Officers' page about satisfaction."""

from django.urls import path

from sync.central.surveys import views

urlpatterns = [path("satisfaction", views.satisfaction, name="satisfaction")]
