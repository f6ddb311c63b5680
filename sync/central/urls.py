"""Which app answers which path. A new app adds one line."""

from django.urls import include, path

from sync.central import pages

urlpatterns = [
    path("api/v1/", include("sync.central.intake.urls")),
    path("staff/", include("sync.central.officers.urls")),
    path("staff/", include("sync.central.cases.urls")),
    path("staff/", include("sync.central.confidential.urls")),
    path("staff/", include("sync.central.fleet.urls")),
    path("staff/", include("sync.central.surveys.urls")),
    path("staff/", include("sync.central.content.urls")),
    path("", include("sync.central.fleet.anchors")),
    path("healthz", pages.health),
    path("", include("sync.central.track.urls")),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.broken
