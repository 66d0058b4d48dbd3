"""HTTP middleware that says which visitor a request is from."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from common.ids import VisitorId
from identity import cookie


def visitor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Set `request.visitor_id`, and hand out the cookie with the first page.

    Nothing is stored: a visitor gets a row when there is something to keep.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        held = cookie.held_visitor(request)
        cookie.renew_visitor(request, held)
        response = get_response(request)
        _settle(request, response, held)
        return response

    return respond


def _settle(
    request: HttpRequest, response: HttpResponse, held: VisitorId | None
) -> None:
    present: VisitorId | None = getattr(request, "visitor_id", None)
    if present is None:
        cookie.delete_cookie(response)
    elif present != held and _is_page(response):
        cookie.write_cookie(response, present)


def _is_page(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
