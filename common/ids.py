"""Identifiers: one type each, so that a bare string never crosses a module.

The only place, with `common.clock` for time, where an app takes randomness:
rules in `domain/` receive random bytes as arguments.
"""

import secrets
from typing import NewType
from uuid import UUID, uuid4

VisitorId = NewType("VisitorId", UUID)
"""One browser's cookie or one app's session."""

AccountId = NewType("AccountId", UUID)
"""A registered person."""

PersonId = NewType("PersonId", UUID)
"""Who is behind a visitor: the account that claimed it, else the visitor."""

TicketId = NewType("TicketId", str)
"""A waiting request in the matching queue."""

ConversationId = NewType("ConversationId", bytes)
"""16 random bytes; `sid` in the cryptographic specification."""

WorkerId = NewType("WorkerId", str)
"""One process that serves sockets or matches tickets, from its start to its end."""


def new_visitor_id() -> VisitorId:
    """Draw a visitor id (122 random bits)."""
    return VisitorId(uuid4())


def new_account_id() -> AccountId:
    """Draw an account id (122 random bits)."""
    return AccountId(uuid4())


def new_ticket_id() -> TicketId:
    """Draw a queue ticket id (96 random bits)."""
    return TicketId(secrets.token_hex(12))


def new_conversation_id() -> ConversationId:
    """Draw a conversation id (128 random bits)."""
    return ConversationId(secrets.token_bytes(16))


def new_worker_id() -> WorkerId:
    """Draw the name of a process (64 random bits, 16 hex digits)."""
    return WorkerId(secrets.token_hex(8))


def random_bytes(count: int) -> bytes:
    """Draw `count` bytes fit for keys and nonces."""
    return secrets.token_bytes(count)
