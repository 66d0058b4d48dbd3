"""App tokens: a session's key, sent as `X-Session-Token`.

A token is a Django session, so that signing in can later attach an account to
the very session an app already holds.
"""

import re
from datetime import timedelta
from uuid import UUID

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
