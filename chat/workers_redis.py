"""Leases in Redis: a key a worker that Redis itself lets expire.

`ss:worker:<id>` holds what the worker says of itself; `ss:workers` is a sorted
set of the ids by the time of their last renewal, so that they can be found. A
worker that died leaves the set when another one renews, long after its lease.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from typing_extensions import override

from chat.domain.policy import LEASE, LeasePolicy
from chat.workers import WorkerFacts, Workers
from common.ids import WorkerId
from common.redis import KEY_PREFIX, async_redis

_INDEX = f"{KEY_PREFIX}workers"
_WORKER = f"{KEY_PREFIX}worker:"

# KEYS: the lease, the index. ARGV: id, facts, milliseconds. An id stays in the
# index for an hour, far longer than a lease.
_RENEW = """
local held = redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3], 'GET')
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 3600)
return held and 1 or 0
"""

# KEYS: leases. Milliseconds left of each, negative when it is not there.
_LEFT = """
local left = {}
for place, key in ipairs(KEYS) do left[place] = redis.call('PTTL', key) end
return left
"""

# KEYS: the index. ARGV: what stands before an id in the name of its lease.
_EVERYONE = """
local found = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local facts = redis.call('GET', ARGV[1] .. id)
  if facts then found[#found + 1] = {id, facts} end
end
return found
"""


class RedisWorkers(Workers):
    """The workers of a site that has several."""

    def __init__(self, policy: LeasePolicy = LEASE) -> None:
        """Connect when first asked; `policy` says how long a lease lasts."""
        self._milliseconds = round(policy.lease_seconds * 1000)

    @override
    async def renew(self, own: WorkerId, facts: WorkerFacts) -> bool:
        said = json.dumps(asdict(facts))
        args = (own, said, self._milliseconds)
        return bool(await _run(_RENEW, keys=[_WORKER + own, _INDEX], args=args))

    @override
    async def alive(self, worker: WorkerId) -> bool:
        return bool(await async_redis(urgent=True).exists(_WORKER + worker))

    @override
    async def seconds_left(
        self, workers: Collection[WorkerId]
    ) -> Mapping[WorkerId, float]:
        asked = tuple(workers)
        left = await _run(_LEFT, keys=[_WORKER + worker for worker in asked])
        both = zip(asked, left, strict=True)
        return {worker: amount / 1000 for worker, amount in both if amount >= 0}

    @override
    async def everyone(self) -> Mapping[WorkerId, WorkerFacts]:
        found = await _run(_EVERYONE, keys=[_INDEX], args=[_WORKER])
        return {WorkerId(raw.decode()): _facts(said) for raw, said in found}

    @override
    async def resign(self, own: WorkerId) -> None:
        await async_redis(urgent=True).delete(_WORKER + own)


async def _run(script: str, *, keys: list[str], args: Sequence[str | int] = ()) -> Any:
    return await async_redis(urgent=True).register_script(script)(keys=keys, args=args)


def _facts(text: bytes) -> WorkerFacts:
    """Read what a worker said; one of a newer version may say more."""
    said = json.loads(text)
    return WorkerFacts(**{each.name: said[each.name] for each in fields(WorkerFacts)})
