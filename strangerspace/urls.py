"""Pages, accounts, admin and the REST API; each app lists its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

handler500 = "strangerspace.failures.failure"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("chat.urls")),
    path("", include("identity.urls")),
    path("", include("strangerspace.pages")),
    path("", include("strangerspace.pwa")),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("strangerspace.api_urls")),
    path("healthz/", include("strangerspace.health")),
    path("admin/", admin.site.urls),
]
