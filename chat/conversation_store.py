"""Where the records of conversations are kept: the port and what it promises.

All adapters pass the same contract tests. Which process is the home of a
conversation is decided here alone, so each change is atomic.
"""

from typing import Protocol

from chat.domain.record import ConversationRecord
from common.ids import ConversationId


class ConversationStore(Protocol):
    """Records by conversation; those that ended are gone after a minute.

    Raises:
        redis.exceptions.RedisError: from any call, while the server behind it
            is away. Whether a change was made is then open: read the record.

    """

    async def put(self, record: ConversationRecord) -> bool:
        """Write the home's record, also back into a store that lost it.

        Returns:
            `False`, with nothing changed, when another home stands there at
            this epoch or a higher one (the writer is deposed), or the end.

        """
        ...

    async def get(self, conversation: ConversationId) -> ConversationRecord | None:
        """Read a record; `None` when there is none (any more).

        Raises:
            RecordError: another version of this program wrote it.

        """
        ...

    async def take_over(self, record: ConversationRecord, *, was_epoch: int) -> bool:
        """Write the record of a new home, if the old one stands at `was_epoch`.

        Returns:
            `True` for exactly one of all who try; `False`, with nothing
            changed, when it stands at another epoch, has ended or is gone.

        """
        ...

    async def end(self, record: ConversationRecord) -> bool:
        """Write the record with its `ended`, for a minute.

        Returns:
            `False`, with nothing changed, when it has ended before, or as `put`.

        """
        ...

    async def age_seconds(self) -> float:
        """Say how long the store has existed: one that came back empty is young."""
        ...
