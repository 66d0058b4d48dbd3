"""Liveness and readiness, for whatever watches the process.

`live`: it answers; restart it when it does not. `open`: people may be sent to
it, which a load balancer asks. `ready`: it has all it needs, which an operator
asks. They differ because all processes lack a store together: to send people
to none of them would end what goes on without it.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from redis.exceptions import RedisError

from chat.standing import standing
from common.redis import configured, sync_redis


def live(_request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "live"})


def is_open(_request: HttpRequest) -> JsonResponse:
    """Say whether people may be sent here; 503 once it was asked to stop."""
    return _answer(_draining(), good="open")


def ready(_request: HttpRequest) -> JsonResponse:
    """Say whether nothing is missing; 503 while something is."""
    problem = _draining() or _redis_problem() or _database_problem()
    return _answer(problem, good="ready")


def _answer(problem: str, *, good: str) -> JsonResponse:
    return JsonResponse({"status": problem or good}, status=503 if problem else 200)


def _draining() -> str:
    return "draining" if standing().draining else ""


def _redis_problem() -> str:
    try:
        if configured():
            sync_redis().ping()
    except RedisError:
        return "redis_unavailable"
    return ""


def _database_problem() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "database_unavailable"
    return ""


urlpatterns: list[URLPattern] = [
    path("live", live),
    path("open", is_open),
    path("ready", ready),
]
