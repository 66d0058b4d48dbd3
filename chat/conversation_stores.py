"""Which conversation store this process uses."""

from functools import cache

from chat.conversation_store import ConversationStore
from chat.conversation_store_memory import MemoryConversationStore
from chat.conversation_store_redis import RedisConversationStore
from common.redis import configured


@cache
def conversation_store() -> ConversationStore:
    """Return the one store of this process, shared or its own."""
    return RedisConversationStore() if configured() else MemoryConversationStore()
