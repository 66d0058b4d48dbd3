"""HTTP middleware of the whole site."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERMISSIONS_POLICY = (
    "camera=(self), microphone=(self), screen-wake-lock=(self), display-capture=(), "
    "geolocation=(), payment=(), usb=(), browsing-topics=()"
)


def permissions_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Name the browser features that pages may use; everything else is off."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return respond
