"""Routes of identity below `/api/v1/`."""

from django.urls import URLPattern, path

from identity.api import AgeView, OwnVisitorView, VisitorsView

urlpatterns: list[URLPattern] = [
    path("visitors", VisitorsView.as_view(), name="visitors"),
    path("visitors/me", OwnVisitorView.as_view(), name="visitors-me"),
    path("visitors/me/age", AgeView.as_view(), name="visitors-me-age"),
]
