"""Stamp and seal keys of this process, and the key of resume tokens.

Keys are read from the database when someone joins the queue, never when two
are matched: a match is made in one turn of the event loop, so nothing can come
between the claim of two tickets and their conversation. Two tickets that meet
in the seconds after a key has opened its last conversation still get it; it
stamps for twelve hours more than it opens.
"""

from functools import cache

from channels.db import database_sync_to_async
from django.utils.crypto import salted_hmac

from chat.domain import resume_token
from chat.domain.resume_token import NONCE_BYTES, Place
from common import clock
from common.ids import random_bytes
from trust.selectors import OpeningKey, opening_key, stamp_key


class KeyRing:
    """The opening key last read."""

    def __init__(self) -> None:
        """Start with none."""
        self._key: OpeningKey | None = None
        self._running: dict[int, bytes] = {}

    async def ready(self) -> None:
        """Read the opening key unless the one at hand still opens.

        Raises:
            DatabaseError: it could not be read.

        """
        now = clock.now()
        key = self._key
        if key is None or not key.opens_from <= now < key.opens_until:
            self._key = await database_sync_to_async(opening_key)(now)
            self._running[self._key.kid] = self._key.stamp_key

    async def stamp_key(self, kid: int) -> bytes | None:
        """Read the key of a running conversation; `None` once it stamps no more.

        Raises:
            DatabaseError: it could not be read.

        """
        if kid not in self._running:
            key = await database_sync_to_async(stamp_key)(kid, clock.now())
            if key is None:
                return None
            self._running[kid] = key
        return self._running[kid]

    @property
    def opening(self) -> OpeningKey:
        """The key for a conversation that begins now; `ready` was awaited before."""
        if self._key is None:
            raise LookupError("no key was read before the first match")
        return self._key


@cache
def key_ring() -> KeyRing:
    """Return the key ring of this process."""
    return KeyRing()


def seal_place(place: Place) -> bytes:
    """Make the resume token of one side."""
    nonce = random_bytes(NONCE_BYTES)
    return resume_token.seal(place, key=_resume_key(), nonce=nonce)


def unseal_place(token: bytes) -> Place | None:
    """Read a resume token; `None` when it is not one of ours."""
    return resume_token.unseal(token, key=_resume_key())


@cache
def _resume_key() -> bytes:
    return salted_hmac("chat.resume", b"", algorithm="sha256").digest()
