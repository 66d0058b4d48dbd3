"""App tokens: a session's key, sent as `X-Session-Token`.

A token is a Django session, so that signing in can later attach an account to
the very session an app already holds.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache

from common.ids import VisitorId
from identity.configuration import policy
from identity.sessions import VISITOR_KEY, SessionStore

_TOKEN = re.compile(r"[a-z0-9]{32}", re.ASCII)


def token_issue(visitor_id: VisitorId) -> str:
    """Make a session for the visitor and return its key (165 random bits)."""
    session = SessionStore()
    session[VISITOR_KEY] = str(visitor_id)
    session.set_expiry(timedelta(days=policy().visitor_days))
    session.create()
    return str(session.session_key)


def visitor_of_token(token: str) -> VisitorId | None:
    """Say whose token this is; None when it is unknown, expired or no token."""
    if not _TOKEN.fullmatch(token):
        return None
    visitor_id = SessionStore(token).get(VISITOR_KEY)
    return VisitorId(UUID(visitor_id)) if visitor_id else None


def token_remember(token: str, visitor_id: VisitorId) -> None:
    """Keep for a while, outside the database, whose token this is."""
    cache.set(_memory_key(token), visitor_id.hex, policy().token_memory_seconds)


def remembered_visitor(token: str) -> VisitorId | None:
    """Say whose token this is while the database does not answer, if it is known."""
    visitor_id = cache.get(_memory_key(token))
    return VisitorId(UUID(visitor_id)) if visitor_id else None


def tokens_forget(tokens: Iterable[str]) -> None:
    """Remember them no more."""
    cache.delete_many([_memory_key(token) for token in tokens])


def _memory_key(token: str) -> str:
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    return f"identity.token:{digest}"
