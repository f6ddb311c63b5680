"""Signing in and out, and a new password."""

from django.contrib.auth import views
from django.urls import path

urlpatterns = [
    path("sign-in", views.LoginView.as_view(template_name="officers/sign_in.html"), name="sign-in"),
    path("sign-out", views.LogoutView.as_view(), name="sign-out"),
    path(
        "password",
        views.PasswordChangeView.as_view(
            template_name="officers/password.html", success_url="/staff/"
        ),
        name="password",
    ),
]
