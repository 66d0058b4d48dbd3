"""Routes below `/api/v1/`, gathered from the apps."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from common.api import unknown_path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("identity.api_urls")),
    path("", include("chat.api_urls")),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("<path:path>", unknown_path),
]
