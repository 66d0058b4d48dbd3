"""The landing page, and the page where two strangers talk."""

from typing import Any
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from chat import selectors
from common.vocabulary import Mode
from identity.cookie import visitor_of
from identity.selectors import VisitorSnapshot, visitor_snapshot


@never_cache
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Say what this is, how many are here, and let people choose a mode."""
    numbers = async_to_sync(selectors.status)()
    context = {"status": numbers.as_json()}
    return TemplateResponse(request, "chat/landing.html", context)


@never_cache
@ensure_csrf_cookie
@require_safe
def talk(request: HttpRequest) -> HttpResponse:
    """Show waiting, conversation and end: one page that its script drives."""
    mode = _mode(request)
    if mode is None:
        return HttpResponseRedirect(reverse("landing"))
    visitor = visitor_snapshot(visitor_of(request))
    if not visitor.adult:
        query = urlencode({"mode": mode.value})
        return HttpResponseRedirect(f"{reverse('age')}?{query}")
    context = {"preferences": _preferences(visitor, mode)}
    return TemplateResponse(request, "chat/talk.html", context)


def _mode(request: HttpRequest) -> Mode | None:
    try:
        return Mode(request.GET.get("mode", ""))
    except ValueError:
        return None


def _preferences(visitor: VisitorSnapshot, mode: Mode) -> dict[str, Any]:
    """Write what `queue.join` will ask for; nothing that names the visitor."""
    return {
        "mode": mode,
        "interests": visitor.interests,
        "languages": visitor.languages,
        "region": visitor.region,
        "regions": visitor.regions,
        "strictness": visitor.strictness,
    }
