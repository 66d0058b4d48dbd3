"""Is this page ours? The Origin check of a browser's WebSocket (RFC 6455 §10.2).

A browser sends cookies with a socket that any page opens, and always says which
page it was. Ours is the one served under the very host of this request, or one
that the operator trusts with forms (`CSRF_TRUSTED_ORIGINS`).
"""

from collections.abc import Iterable

from django.conf import settings
from django.http.request import split_domain_port, validate_host

Headers = Iterable[tuple[bytes, bytes]]


def origin_ours(headers: Headers) -> bool:
    """Say whether the handshake comes from a page of this site."""
    origin, host = _only(headers, b"origin"), _only(headers, b"host")
    if origin is None or host is None:
        return False
    return origin in settings.CSRF_TRUSTED_ORIGINS or origin in _own_origins(host)


def _own_origins(host: str) -> set[str]:
    """Name the origins of pages under this host; a proxy may hide the https."""
    domain, _ = split_domain_port(host)
    if not validate_host(domain, settings.ALLOWED_HOSTS):
        return set()
    schemes = ("https",) if settings.HTTPS_ONLY else ("https", "http")
    return {f"{scheme}://{host}" for scheme in schemes}


def _only(headers: Headers, name: bytes) -> str | None:
    """Read a header that may come once."""
    values = [value for key, value in headers if key == name]
    return values[0].decode("latin-1").lower() if len(values) == 1 else None
