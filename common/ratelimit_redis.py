"""Token buckets that all processes share, in Redis and by its clock.

The same rule as `common.ratelimit`, as one script, so that two processes cannot
take the same token. A bucket that must be full again is forgotten.
"""

from common.ratelimit import Rule
from common.redis import KEY_PREFIX, sync_redis

# KEYS: the bucket. ARGV: capacity, tokens a second, cost. Returns the seconds to
# wait, "0" when the tokens were taken. Numbers travel as text: Redis would cut
# them to integers.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local capacity, per_second = tonumber(ARGV[1]), tonumber(ARGV[2])
local cost = tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(kept[1]) or capacity
local elapsed = math.max(0, now - (tonumber(kept[2]) or now))
tokens = math.min(capacity, tokens + elapsed * per_second)
local wait = 0
if tokens >= cost then
  tokens = tokens - cost
else
  wait = (cost - tokens) / per_second
end
redis.call('HSET', KEYS[1],
  'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(1000 * capacity / per_second))
return string.format('%.6f', wait)
"""


def take(subject: str, rule: Rule, *, cost: float = 1.0) -> float:
    """Take `cost` tokens from the subject's bucket if they are there.

    Args:
        subject: what is limited and for whom, such as `ticket:<visitor>`; the
            same rule must come with it every time.
        rule: capacity and refill.
        cost: tokens, at most the rule's capacity.

    Returns:
        0 when taken; else the seconds until the bucket will hold enough,
        with nothing taken.

    Raises:
        RedisError: Redis did not answer.

    """
    script = sync_redis().register_script(_TAKE)
    bucket = f"{KEY_PREFIX}bucket:{subject}"
    return float(script(keys=(bucket,), args=(rule.capacity, rule.per_second, cost)))
