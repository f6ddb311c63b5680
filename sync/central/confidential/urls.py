"""Unlocking and locking."""

from django.urls import path

from sync.central.confidential import views

urlpatterns = [
    path("corruption", views.corruption, name="corruption"),
    path("corruption/lock", views.lock, name="corruption-lock"),
]
