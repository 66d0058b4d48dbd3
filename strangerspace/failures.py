"""The page for an error that nobody foresaw, and for a store that is away."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error
from redis.exceptions import RedisError

from common.api import RETRY_SECONDS

AWAY = (OperationalError, InterfaceError, RedisError)


def failure(request: HttpRequest) -> HttpResponse:
    """Answer 503 when a store does not answer, else 500; the words are the same."""
    response = server_error(request)
    if isinstance(sys.exc_info()[1], AWAY):
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
