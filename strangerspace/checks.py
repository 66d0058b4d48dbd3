"""System checks: what an operator should know before the server starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

ADULT_YEARS = 18


@register(Tags.security)
def age_floor_is_adult_or_more(**_: Any) -> list[CheckMessage]:
    """Refuse an age floor that no policy of this project was written for."""
    if settings.AGE_FLOOR_YEARS >= ADULT_YEARS:
        return []
    return [
        Error(
            "AGE_FLOOR_YEARS is below 18.",
            hint="The rules, reports and help pages assume adults. Set 18 or more.",
            id="strangerspace.E001",
        )
    ]


@register(Tags.security)
def wildcard_host_is_refused(**_: Any) -> list[CheckMessage]:
    """Refuse `*` in ALLOWED_HOSTS: it would let any page open our sockets."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "ALLOWED_HOSTS contains '*'.",
            hint="Name the hosts: the WebSocket's Origin check relies on them.",
            id="strangerspace.E002",
        )
    ]
