"""Sessions in the database, each row naming the account or visitor it is for."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from typing_extensions import override

from identity.models import Session

VISITOR_KEY = "visitor_id"


class SessionStore(DatabaseStore):
    """The engine that `SESSION_ENGINE` names."""

    @classmethod
    @override
    def get_model_class(cls) -> type[Session]:
        return Session

    @override
    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast("Session", super().create_model_instance(data))
        session.account_id = _uuid(data.get(SESSION_KEY))
        session.visitor_id = _uuid(data.get(VISITOR_KEY))
        return session


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
