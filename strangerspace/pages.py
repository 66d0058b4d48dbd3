"""The pages that explain: one table, one view.

What they say stands in their templates; numbers come from the policies that
the rules themselves obey (`page_facts`), so that the two cannot drift apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from strangerspace import page_facts

Facts = Mapping[str, object]


def _no_facts() -> Facts:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: where it is, what it is called, and what it must know."""

    slug: str
    template: str
    name: str
    title: Promise
    description: Promise
    """One sentence for search results and link previews."""
    facts: Callable[[], Facts] = _no_facts


PAGES = (
    Page(
        slug="how-it-works",
        template="pages/how_it_works.html",
        name="how-it-works",
        title=_("How it works"),
        description=_(
            "What happens between two strangers here: WebSockets, WebRTC, STUN and "
            "TURN, encryption, the safety code, and what none of it protects."
        ),
        facts=page_facts.how_it_works,
    ),
    Page(
        slug="matching",
        template="pages/matching.html",
        name="matching",
        title=_("How matching works"),
        description=_(
            "Who meets whom on StrangerSpace: every rule and every number, as the "
            "matcher uses them right now."
        ),
        facts=page_facts.matching,
    ),
    Page(
        slug="safety",
        template="pages/safety.html",
        name="safety",
        title=_("Safety"),
        description=_(
            "How to leave, what to do about scams, sextortion and recording, and "
            "helplines by country."
        ),
        facts=page_facts.safety,
    ),
    Page(
        slug="rules",
        template="pages/rules.html",
        name="rules",
        title=_("The rules"),
        description=_("The five rules of StrangerSpace in plain words, and why."),
        facts=page_facts.rules,
    ),
    Page(
        slug="privacy",
        template="pages/privacy.html",
        name="privacy",
        title=_("Privacy"),
        description=_("What this server keeps about you, where, why and for how long."),
        facts=page_facts.privacy,
    ),
    Page(
        slug="creators",
        template="pages/creators.html",
        name="creators",
        title=_("The Creator Program"),
        description=_(
            "What a Crown says about a person, what it does not say, and what of "
            "the program exists today."
        ),
        facts=page_facts.creators,
    ),
    Page(
        slug="why",
        template="pages/why.html",
        name="why",
        title=_("Why we built it"),
        description=_(
            "What went missing when talking to strangers went online, and what we "
            "try instead."
        ),
    ),
    Page(
        slug="about",
        template="pages/about.html",
        name="about",
        title=_("About StrangerSpace"),
        description=_(
            "What StrangerSpace is, what its two lights mean, who runs a server, "
            "and under which licence."
        ),
        facts=page_facts.about,
    ),
)


def _view(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """Make the view of one page; it needs neither a form nor a script."""

    @require_safe
    def show(request: HttpRequest) -> HttpResponse:
        context = {"page": page, "pages": PAGES, **page.facts()}
        return TemplateResponse(request, page.template, context)

    return show


urlpatterns: list[URLPattern] = [
    path(f"{page.slug}/", _view(page), name=page.name) for page in PAGES
]
