"""Records in Redis, shared by all processes; each change is one Lua script.

One hash a conversation, `ss:conversation:<id>`: the record as text and, beside
it, what the scripts compare.
"""

import asyncio
from weakref import WeakKeyDictionary

from typing_extensions import override

from chat.conversation_store import ConversationStore
from chat.domain import record as records
from chat.domain.policy import RECORD, RecordPolicy
from chat.domain.record import ConversationRecord
from common.ids import ConversationId
from common.redis import KEY_PREFIX, async_redis

# KEYS: the conversation. ARGV: home, epoch, "1" when it has ended, the text,
# milliseconds to keep it. The same rule as `chat.domain.record.may_write`.
_PUT = """
local standing = redis.call('HMGET', KEYS[1], 'home', 'epoch', 'ended')
local home, epoch, ended = unpack(standing)
if ended == '1' then return 0 end
local mine = tonumber(ARGV[2])
if epoch then
  local theirs = tonumber(epoch)
  if theirs > mine or (theirs == mine and home ~= ARGV[1]) then return 0 end
end
redis.call('HSET', KEYS[1],
  'home', ARGV[1], 'epoch', ARGV[2], 'ended', ARGV[3], 'text', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""

# As above, and the epoch that must stand there.
_TAKE_OVER = """
local epoch, ended = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'ended'))
if epoch ~= ARGV[6] or ended == '1' then return 0 end
redis.call('HSET', KEYS[1],
  'home', ARGV[1], 'epoch', ARGV[2], 'ended', ARGV[3], 'text', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""

# KEYS: when this Redis was first asked. Its own clock, so that all agree.
_AGE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('SET', KEYS[1], string.format('%.0f', now), 'NX')
return string.format('%.0f', now - tonumber(redis.call('GET', KEYS[1])))
"""

_BORN = f"{KEY_PREFIX}born"
_MICROSECONDS = 1e6

# A process writes thousands of records back at once when Redis came back empty:
# so many on their way keep Redis busy, and leave connections for its lease.
_AT_ONCE = 32
_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
    WeakKeyDictionary()
)


class RedisConversationStore(ConversationStore):
    """The store of a site that has several processes."""

    def __init__(self, policy: RecordPolicy = RECORD) -> None:
        """Connect when first asked; `policy` says how long records are kept."""
        self._policy = policy

    @override
    async def put(self, record: ConversationRecord) -> bool:
        return await self._change(_PUT, record)

    @override
    async def get(self, conversation: ConversationId) -> ConversationRecord | None:
        async with _gate():
            text = await async_redis().hget(_key(conversation), "text")
        return None if text is None else records.read(text)

    @override
    async def take_over(self, record: ConversationRecord, *, was_epoch: int) -> bool:
        return await self._change(_TAKE_OVER, record, was_epoch)

    @override
    async def end(self, record: ConversationRecord) -> bool:
        return await self._change(_PUT, record)

    @override
    async def age_seconds(self) -> float:
        age = await async_redis().register_script(_AGE)(keys=[_BORN])
        return max(0.0, float(age) / _MICROSECONDS)

    async def _change(
        self, script: str, record: ConversationRecord, *more: int
    ) -> bool:
        args: list[str | int | bytes] = [
            record.home,
            record.epoch,
            int(record.ended is not None),
            records.write(record),
            self._kept_milliseconds(record),
            *more,
        ]
        change = async_redis().register_script(script)
        async with _gate():
            return bool(await change(keys=[_key(record.id)], args=args))

    def _kept_milliseconds(self, record: ConversationRecord) -> int:
        running = record.ended is None
        policy = self._policy
        seconds = policy.running_seconds if running else policy.ended_seconds
        return round(seconds * 1000)


def _key(conversation: ConversationId) -> str:
    return f"{KEY_PREFIX}conversation:{conversation.hex()}"


def _gate() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    gate = _gates.get(loop)
    if gate is None:
        gate = _gates[loop] = asyncio.Semaphore(_AT_ONCE)
    return gate
