"""What Redis does for matching, each step all or nothing.

The scripts build names of keys themselves: they are for one Redis, not for a
cluster. Time is Redis' own, so that hosts need not agree on it.

    tickets         hash: id to text
    due             sorted set: id by the millisecond at which it vanishes
    persons:<mode>  hash: who waits, with how many tickets; its length is a count
    waits:<mode>    list of "at seconds", newest last
    met:<mark>      until when two are not paired again; expires then
    lease           the token of the matcher; expires unless renewed
    epoch           counts the matchers
    news            channel: "+text" of who came, "-id" of who left
    pairs:<owner>   channel: two texts and a time, one a line
"""

from common.redis import KEY_PREFIX

PREFIX = f"{KEY_PREFIX}match:"
LEASE = f"{PREFIX}lease"
EPOCH = f"{PREFIX}epoch"
NEWS = f"{PREFIX}news"
PAIRS = f"{PREFIX}pairs:"
TICKETS = f"{PREFIX}tickets"
MET = f"{PREFIX}met:"
WAITS = f"{PREFIX}waits:"
CAME, LEFT = b"+", b"-"

_COMMON = (
    f"local P = '{PREFIX}'"
    """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function waits(id)
  local due = redis.call('ZSCORE', P .. 'due', id)
  return due and tonumber(due) > now
end

local function take(id)
  local text = redis.call('HGET', P .. 'tickets', id)
  if not text then return end
  local ticket = cjson.decode(text)
  local persons = P .. 'persons:' .. ticket.mode
  redis.call('HDEL', P .. 'tickets', id)
  redis.call('ZREM', P .. 'due', id)
  if redis.call('HINCRBY', persons, ticket.person, -1) <= 0 then
    redis.call('HDEL', persons, ticket.person)
  end
end

local function purge()
  local over = redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', now, 'LIMIT', 0, 1000)
  for _, id in ipairs(over) do take(id) end
end
"""
)

PUT = (
    _COMMON
    + """
local text, lasts = ARGV[1], ARGV[2]
local ticket = cjson.decode(text)
local old = redis.call('HGET', P .. 'tickets', ticket.id)
if old and cjson.decode(old).attempt > ticket.attempt then return end
purge()
take(ticket.id)
redis.call('HSET', P .. 'tickets', ticket.id, text)
redis.call('ZADD', P .. 'due', now + lasts, ticket.id)
redis.call('HINCRBY', P .. 'persons:' .. ticket.mode, ticket.person, 1)
redis.call('PUBLISH', P .. 'news', '+' .. text)
"""
)

GET = (
    _COMMON
    + """
return waits(ARGV[1]) and redis.call('HGET', P .. 'tickets', ARGV[1])
"""
)

WITHDRAW = (
    _COMMON
    + """
local waited = waits(ARGV[1])
take(ARGV[1])
if not waited then return 0 end
redis.call('PUBLISH', P .. 'news', '-' .. ARGV[1])
return 1
"""
)

# Gives the ids that do not wait any more.
RENEW = (
    _COMMON
    + """
local gone = {}
for place = 2, #ARGV do
  if waits(ARGV[place]) then
    redis.call('ZADD', P .. 'due', now + ARGV[1], ARGV[place])
  else
    gone[#gone + 1] = ARGV[place]
  end
end
return gone
"""
)

WAITING = (
    _COMMON
    + """
purge()
local persons = P .. 'persons:' .. ARGV[1]
return redis.call('HLEN', persons) - redis.call('HEXISTS', persons, ARGV[2])
"""
)

IDS = (
    _COMMON
    + """
purge()
return redis.call('ZRANGEBYSCORE', P .. 'due', '(' .. now, '+inf')
"""
)

# A ticket whose owner has no ear for its pair is taken out: if the owner is
# alive, it notices, and offers the ticket again. The matcher is told nothing: it
# asks for both when a claim fails.
CLAIM = (
    _COMMON
    + """
local token, first, second, mark = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local at, until_, waits_kept, waits_last = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
if redis.call('GET', P .. 'lease') ~= token then return 'deposed' end
if first == second or not waits(first) or not waits(second) then return 'gone' end
local met = redis.call('GET', P .. 'met:' .. mark)
if met and tonumber(met) > tonumber(at) then return met end

local texts, tickets, heard = {}, {}, true
for place, id in ipairs({first, second}) do
  texts[place] = redis.call('HGET', P .. 'tickets', id)
  tickets[place] = cjson.decode(texts[place])
  local ear = P .. 'pairs:' .. tickets[place].owner
  if redis.call('PUBSUB', 'NUMSUB', ear)[2] == 0 then
    take(id)
    heard = false
  end
end
if not heard then return 'gone' end

for _, ticket in ipairs(tickets) do
  take(ticket.id)
  local kept = P .. 'waits:' .. ticket.mode
  local waited = math.max(0, at - ticket.since)
  redis.call('RPUSH', kept, string.format('%s %.3f', at, waited))
  redis.call('LTRIM', kept, -waits_kept, -1)
  redis.call('EXPIRE', kept, waits_last)
end
local lasts = math.ceil((until_ - at) * 1000)
if lasts > 0 then redis.call('SET', P .. 'met:' .. mark, until_, 'PX', lasts) end
local news = table.concat({texts[1], texts[2], at}, '\\n')
redis.call('PUBLISH', P .. 'pairs:' .. tickets[1].owner, news)
return 'taken'
"""
)

# The number makes tokens of one holder differ; the holder makes those of one
# number differ, should Redis come back empty and count from one again.
ACQUIRE = f"""
if redis.call('EXISTS', '{LEASE}') == 1 then return false end
local token = redis.call('INCR', '{EPOCH}') .. ' ' .. ARGV[1]
redis.call('SET', '{LEASE}', token, 'PX', ARGV[2])
return token
"""

HOLD = f"""
if redis.call('GET', '{LEASE}') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', '{LEASE}', ARGV[2])
"""

RELEASE = f"""
if redis.call('GET', '{LEASE}') == ARGV[1] then redis.call('DEL', '{LEASE}') end
"""
