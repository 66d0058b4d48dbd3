"""Frames between processes: once each, in order, whatever happens to the bus."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import uvloop
from django.core.exceptions import ImproperlyConfigured

from chat.bus_redis import RedisBus
from chat.domain.policy import LINK, RELAY
from chat.relay import Relay, relay
from common.ids import WorkerId, new_worker_id
from common.worker import worker_id

SECONDS = 15.0
FAST = replace(
    LINK,
    ack_seconds=0.01,
    resend_seconds=0.03,
    resend_at_most_seconds=0.05,
    silence_seconds=0.3,
)


async def until(true, seconds=SECONDS):
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  a condition of any kind
            await asyncio.sleep(0.005)


class Wires:
    """Buses of one loop: each write is kept, and carried on while `up`."""

    def __init__(self):
        self.up = True
        self.stations = {}
        self.writes = []

    def bus(self, own):
        return Wire(self, own)


class Wire:
    """The bus of one process."""

    def __init__(self, wires, own):
        self.wires = wires
        self.own = own

    async def start(self, deliver):
        self.wires.stations[self.own] = deliver

    def publish(self, batches):
        batches = list(batches)
        self.wires.writes.append((self.own, batches))
        loop = asyncio.get_running_loop()
        for to, batch in batches:
            if self.wires.up and to in self.wires.stations:
                loop.call_soon(self.wires.stations[to], batch)

    async def stop(self):
        del self.wires.stations[self.own]


class House:
    """A process: its relay, and what it heard."""

    def __init__(self, make_bus, **policies):
        self.name = new_worker_id()
        self.relay = Relay(make_bus(self.name), own=self.name, **policies)
        self.heard = []
        self.news = []

    def heed(self, sender, frame):
        self.heard.append((sender, frame))

    async def start(self):
        await self.relay.start(heed=self.heed, restarted=self.news.append)

    def frames(self, sender):
        return [frame for name, frame in self.heard if name == sender.name]


@asynccontextmanager
async def houses(make_bus, many=2, **policies):
    made = [House(make_bus, **policies) for _ in range(many)]
    for each in made:
        await each.start()
    try:
        yield made
    finally:
        for each in made:
            await each.relay.stop()


@pytest.fixture
def wires():
    return Wires()


# --- over Redis -------------------------------------------------------------------


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_frames_survive_a_restart_of_redis(redis_server, redis_url, loop):
    """2,000 each way, at a pace that spans it: once each, in order, both ways."""
    every = [b"%d" % number for number in range(2000)]

    async def talk():
        async with houses(lambda own: RedisBus(redis_url, own=own)) as (ana, bo):
            await both_send(ana, bo, every, at=700, do=redis_server.restart)
            await until(lambda: len(ana.heard) >= 2000 and len(bo.heard) >= 2000)
            await asyncio.sleep(0.1)
        return ana, bo

    with asyncio.Runner(loop_factory=loop) as runner:
        ana, bo = runner.run(talk())

    assert bo.frames(ana) == every
    assert ana.frames(bo) == every
    assert ana.news == bo.news == []


async def both_send(ana, bo, frames, *, at, do):
    """Send each frame both ways; at one of them, something happens beside."""
    beside = None
    for number, frame in enumerate(frames):
        ana.relay.send(bo.name, frame)
        bo.relay.send(ana.name, frame)
        if number % 5 == 0:
            await asyncio.sleep(0.001)
        if number == at:
            beside = asyncio.create_task(asyncio.to_thread(do))
    await beside


async def test_who_subscribes_late_misses_nothing(redis_url):
    async with houses(lambda own: RedisBus(redis_url, own=own), many=1) as (ana,):
        bo = House(lambda own: RedisBus(redis_url, own=own))
        ana.relay.send(bo.name, b"early")
        await asyncio.sleep(0.1)
        await bo.start()
        await until(lambda: bo.heard)
        await bo.relay.stop()

    assert bo.frames(ana) == [b"early"]


# --- when frames leave --------------------------------------------------------------


async def test_what_is_sent_in_one_turn_leaves_in_one_write(wires):
    async with houses(wires.bus, many=3) as (ana, bo, cy):
        for each in (bo, cy, bo):
            ana.relay.send(each.name, b"x")
        await until(lambda: len(bo.heard) + len(cy.heard) == 3)

        [(_, batches)] = wires.writes
        assert [to for to, _ in batches] == [bo.name, cy.name]


async def test_a_frame_leaves_at_once_while_there_is_little_to_do(wires):
    async with houses(wires.bus) as (ana, bo):
        for _ in range(3):
            ana.relay.send(bo.name, b"x")
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        assert len(wires.writes) == 3


async def test_under_load_frames_are_gathered(wires):
    policy = replace(RELAY, gather_seconds=0.1, look_seconds=0.05, crowd=1)
    async with houses(wires.bus, policy=policy) as (ana, bo):
        for _ in range(300):
            ana.relay.send(bo.name, b"load")
            await asyncio.sleep(0.001)
        await until(lambda: len(bo.heard) == 300)

        assert len([own for own, _ in wires.writes if own == ana.name]) < 150


async def test_after_the_load_a_frame_leaves_at_once_again(wires):
    policy = replace(RELAY, gather_seconds=0.1, look_seconds=0.05, crowd=1)
    async with houses(wires.bus, policy=policy) as (ana, bo):
        for number in range(100):
            ana.relay.send(bo.name, b"load")
            await asyncio.sleep(0.001 if number < 99 else 0.3)
        ana.relay.send(bo.name, b"the last that pays for the load")
        await asyncio.sleep(0.3)
        before = len(wires.writes)
        ana.relay.send(bo.name, b"alone")
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert len(wires.writes) == before + 1


async def test_a_silent_partner_still_acknowledges(wires):
    async with houses(wires.bus, link_policy=FAST) as (ana, bo):
        for number in range(3):
            ana.relay.send(bo.name, b"%d" % number)
            await asyncio.sleep(0.005)
        await until(lambda: ana.relay._links[bo.name].idle)

        assert bo.frames(ana) == [b"0", b"1", b"2"]


async def test_what_finds_no_room_leaves_when_there_is_some(wires):
    policy = replace(FAST, window=2, ack_batches=1, batch_bytes=10)
    async with houses(wires.bus, link_policy=policy) as (ana, bo):
        for number in range(20):
            ana.relay.send(bo.name, b"%6d" % number)
        await until(lambda: len(bo.heard) == 20)

        assert bo.frames(ana) == [b"%6d" % number for number in range(20)]


# --- when something dies ------------------------------------------------------------


async def test_a_link_that_breaks_starts_anew_on_both_sides(wires):
    async with houses(wires.bus, link_policy=FAST) as (ana, bo):
        ana.relay.send(bo.name, b"before")
        await until(lambda: bo.heard)
        wires.up = False
        ana.relay.send(bo.name, b"lost")
        await until(lambda: ana.news)
        wires.up = True
        await until(lambda: bo.news)
        ana.relay.send(bo.name, b"after")
        await until(lambda: len(bo.heard) == 2)

        assert bo.frames(ana) == [b"before", b"after"]
        assert (ana.news[0], bo.news) == (bo.name, [ana.name])


async def test_too_much_waiting_starts_a_link_anew(wires):
    wires.up = False
    policy = replace(LINK, unacknowledged_bytes=1000)
    async with houses(wires.bus, link_policy=policy) as (ana, bo):
        for _ in range(100):
            ana.relay.send(bo.name, b"x" * 100)
        await until(lambda: ana.news)

        assert ana.news == [bo.name]
        assert ana.relay._links[bo.name]._waiting == 0


async def test_a_process_that_is_gone_is_sent_to_until_it_is_forgotten(wires):
    gone = new_worker_id()
    async with houses(wires.bus, many=1, link_policy=FAST) as (ana,):
        ana.relay.send(gone, b"x")
        await until(lambda: len(wires.writes) >= 3)
        ana.relay.forget(gone)
        ana.relay.forget(gone)
        sent = len(wires.writes)
        await asyncio.sleep(0.2)

        assert len(wires.writes) == sent
        assert ana.relay._links == {}


async def test_what_is_about_to_leave_is_forgotten_too(wires):
    async with houses(wires.bus) as (ana, bo):
        ana.relay.send(bo.name, b"x")
        ana.relay.forget(bo.name)
        await asyncio.sleep(0.05)

        assert (wires.writes, bo.heard) == ([], [])


async def test_who_was_taken_for_dead_learns_it(wires):
    async with houses(wires.bus, link_policy=FAST) as (ana, bo):
        ana.relay.send(bo.name, b"1")
        await until(lambda: bo.heard)
        bo.relay.forget(ana.name)
        ana.relay.send(bo.name, b"2")
        await until(lambda: ana.news)
        ana.relay.send(bo.name, b"3")
        await until(lambda: len(bo.heard) == 2)

        assert bo.frames(ana) == [b"1", b"3"]
        assert (ana.news, bo.news) == ([bo.name], [])


async def test_a_frame_may_lead_to_its_senders_being_forgotten(wires):
    async with houses(wires.bus) as (ana, bo):
        await bo.relay.start(
            heed=lambda sender, _: bo.relay.forget(sender), restarted=bo.news.append
        )
        ana.relay.send(bo.name, b"x")
        await asyncio.sleep(0.1)

        assert bo.relay._links == {}
        assert bo.relay._timer is None


async def test_a_frame_that_fails_takes_no_other_with_it(wires, caplog):
    async with houses(wires.bus) as (ana, bo):

        def heed(sender, frame):
            if frame == b"bad":
                raise RuntimeError("secret")
            bo.heed(sender, frame)

        await bo.relay.start(heed=heed, restarted=bo.news.append)
        for frame in (b"good", b"bad", b"good"):
            ana.relay.send(bo.name, frame)
        await until(lambda: len(bo.heard) == 2)

    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("batch", [b"", b"short", b"x" * 8, b"x" * 100])
async def test_noise_on_the_bus_is_refused(wires, caplog, batch):
    async with houses(wires.bus) as (ana, bo):
        wires.stations[bo.name](batch)
        ana.relay.send(bo.name, b"x")
        await until(lambda: bo.heard)

    assert f"A batch of {len(batch)} bytes was refused" in caplog.text


# --- bounds -------------------------------------------------------------------------


async def test_the_oldest_idle_link_makes_room(wires):
    policy = replace(RELAY, links=2)
    async with houses(wires.bus, many=4, policy=policy, link_policy=FAST) as all_here:
        ana, *others = all_here
        for each in others:
            ana.relay.send(each.name, b"x")
            await until(lambda: all(link.idle for link in ana.relay._links.values()))

        assert list(ana.relay._links) == [each.name for each in others[1:]]
        assert ana.relay._generations == {others[0].name: 1}


async def test_links_that_are_busy_are_kept(wires):
    policy = replace(RELAY, links=1)
    wires.up = False
    async with houses(wires.bus, many=3, policy=policy) as (ana, bo, cy):
        for each in (bo, cy):
            ana.relay.send(each.name, b"x")

        assert list(ana.relay._links) == [bo.name, cy.name]


async def test_few_of_the_forgotten_are_remembered(wires):
    policy = replace(RELAY, links=2)
    async with houses(wires.bus, many=1, policy=policy) as (ana,):
        names = [WorkerId(f"{number:016x}") for number in range(4)]
        for name in names:
            ana.relay.send(name, b"x")
            ana.relay.forget(name)

        assert list(ana.relay._generations) == names[2:]


# --- the relay of this process --------------------------------------------------------


async def test_there_is_one_relay_where_redis_is(redis_url):
    relay.cache_clear()
    try:
        heard = []
        assert relay() is relay()
        await relay().start(heed=lambda *said: heard.append(said), restarted=print)
        async with houses(lambda own: RedisBus(redis_url, own=own), many=1) as (ana,):
            ana.relay.send(worker_id(), b"hello")
            await until(lambda: heard)
            await relay().stop()
    finally:
        relay.cache_clear()

    assert heard == [(ana.name, b"hello")]


def test_without_redis_there_is_none(settings):
    settings.REDIS_URL = ""
    relay.cache_clear()

    with pytest.raises(ImproperlyConfigured):
        relay()
