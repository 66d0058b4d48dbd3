"""What makes the site installable: manifest, service worker and offline page.

The worker keeps the offline page and the files that this page names, and nothing
else. Its own text changes whenever one of them does, which is how a browser
notices.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

WORKER_SOURCE = "js/offline/worker.js"
# The dark ground of `static/css/tokens.css`, as sRGB; `base.html` names it too.
GROUND = "#0a0f1a"
ICONS = [
    ("img/favicon.svg", "image/svg+xml", "any", "any"),
    ("img/icon-192.png", "image/png", "192x192", "any"),
    ("img/icon-512.png", "image/png", "512x512", "any"),
    ("img/icon-maskable-192.png", "image/png", "192x192", "maskable"),
    ("img/icon-maskable-512.png", "image/png", "512x512", "maskable"),
]


@cache_control(max_age=3600)
@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    """Describe the site to a device that installs it, in the reader's language."""
    described = {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "name": _("StrangerSpace"),
        "short_name": _("StrangerSpace"),
        "description": _("Talk with one stranger at a time, by text, voice or video."),
        "lang": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "categories": ["social"],
        "icons": [
            {"src": static(name), "type": kind, "sizes": sizes, "purpose": purpose}
            for name, kind, sizes, purpose in ICONS
        ],
        "shortcuts": _shortcuts(),
    }
    return JsonResponse(described, content_type="application/manifest+json")


def _shortcuts() -> list[dict[str, str]]:
    doors = {"text": _("Text"), "voice": _("Voice"), "video": _("Video")}
    return [
        {"name": name, "url": f"{reverse('age')}?mode={mode}"}
        for mode, name in doors.items()
    ]


@never_cache
@require_safe
def offline(_request: HttpRequest) -> HttpResponse:
    """Show the page that a device keeps; without a request it names nobody."""
    return HttpResponse(render_to_string("offline.html"))


@never_cache
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """Give the service worker, and above it what it is to keep."""
    source = _worker_source()
    kit = json.dumps(_kit(source))
    body = f"self.offlineKit = {kit};\n{source}"
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


def _kit(source: str) -> dict[str, Any]:
    # In one language, or the worker would seem new after a change of language.
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string("offline.html")
    digest = hashlib.sha256(f"{page}{source}".encode()).hexdigest()[:16]
    return {
        "cache": f"offline-{digest}",
        "page": reverse("offline"),
        "files": _files_of(page),
    }


def _files_of(page: str) -> list[str]:
    found = re.findall(r'(?:href|src)="([^"#]+)', page)
    return sorted({url for url in found if url.startswith(settings.STATIC_URL)})


def _worker_source() -> str:
    found = finders.find(WORKER_SOURCE)
    if found is None:
        raise FileNotFoundError(WORKER_SOURCE)
    return Path(found).read_text(encoding="utf-8")


urlpatterns: list[URLPattern] = [
    path("manifest.webmanifest", manifest, name="manifest"),
    path("offline/", offline, name="offline"),
    path("sw.js", worker, name="worker"),
]
