"""Officers' pages."""

from django.urls import path

from sync.central.cases import views

urlpatterns = [
    path("", views.cases, name="cases"),
    path("cases/<uuid:case_id>", views.case, name="case"),
    path("cases/<uuid:case_id>/open", views.opening, name="opening"),
    path("cases/<uuid:case_id>/drawings/<str:address>", views.drawing, name="drawing"),
    path("cases/<uuid:case_id>/recordings/<str:address>", views.recording, name="recording"),
    path("cases/<uuid:case_id>/status", views.status, name="status"),
    path("cases/<uuid:case_id>/house-notes", views.house_note, name="house-note"),
]
