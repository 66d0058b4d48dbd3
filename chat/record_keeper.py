"""Keeping the record of one running conversation up to date.

Only its home writes it. Writes are rare (the handshake is done, a step on the
ladder, the end), go out one after another, and never hold up a conversation: a
store that is away gets the newest state once it is back.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import cache

from chat.background import spawn
from chat.conversation_stores import conversation_store
from chat.domain.record import ConversationRecord
from common.ids import ConversationId

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
"""Between two tries while the store does not answer."""


class RecordKeeper:
    """The record as it should stand, and the task that makes it so."""

    def __init__(
        self, record: ConversationRecord, *, deposed: Callable[[], None]
    ) -> None:
        """Keep a record; `deposed` is called when another home stands there."""
        self.record = record
        self._deposed = deposed
        self._dirty = False
        self._writing = False

    def save(self, record: ConversationRecord) -> None:
        """Let this stand in the store, soon."""
        self.record = record
        self._dirty = True
        if record.ended is not None:
            unwritten_ends()[record.id] = record
        if not self._writing:
            self._writing = True
            spawn(self._write(), name="keeping a record")

    async def _write(self) -> None:
        try:
            while self._dirty:
                self._dirty = False
                if not await _stands(self.record):
                    self._deposed()
                    return
        finally:
            self._writing = False
            if unwritten_ends().get(self.record.id) is self.record:
                del unwritten_ends()[self.record.id]


@cache
def unwritten_ends() -> dict[ConversationId, ConversationRecord]:
    """Return the ends of this process's conversations that no store knows yet."""
    return {}


async def _stands(record: ConversationRecord) -> bool:
    """Write until the store has answered; says whether it was taken."""
    store = conversation_store()
    while True:
        try:
            if record.ended is not None:
                await store.end(record)
                return True
            return await store.put(record)
        except Exception as error:  # noqa: BLE001  any client's error means: not now
            logger.warning("a record could not be written: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
