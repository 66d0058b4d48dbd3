"""Routes of the chat below `/api/v1/`."""

from django.urls import URLPattern, path

from chat import api

urlpatterns: list[URLPattern] = [
    path(
        "realtime/tickets",
        api.SocketTicketsOperation.as_view(),
        name="realtime-tickets",
    ),
    path(
        "admission/challenge",
        api.ChallengeOperation.as_view(),
        name="admission-challenge",
    ),
    path("admission", api.AdmissionOperation.as_view(), name="admission"),
    path("status", api.StatusOperation.as_view(), name="status"),
]
