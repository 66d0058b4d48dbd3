"""A process that falls behind takes nobody new."""

import asyncio
import time
from dataclasses import replace

from chat import load
from chat.close_codes import CloseCode
from chat.domain.policy import LOAD, LoadPolicy
from chat.load import LoopLag, loop_lag, refusal
from chat.standing import standing
from tests.edge.chat.driver import Stranger, claims, ticket_for

OFTEN = LoadPolicy(look_seconds=0.01, weight=0.5)


def work(seconds):
    """Keep the processor busy."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_while_overloaded_newcomers_wait_and_conversations_go_on(talking):
    ana, bo = talking
    loop_lag().seconds = 10 * LOAD.lag_seconds
    ticket = ticket_for(claims())
    late = await Stranger(ticket=ticket).open()
    assert await late.closed() == 1013
    await late.end()
    ana.message(0)
    await bo.until(lambda: bo.taken(0x11))
    loop_lag().seconds = 0.0
    again = await Stranger(ticket=ticket).open()  # which is still good
    await again.expect("hello")
    await again.end()


async def test_so_many_sockets_are_enough(people, monkeypatch):
    ana = await people()
    monkeypatch.setattr(load, "LOAD", replace(LOAD, sockets=1))
    late = await Stranger().open()
    assert await late.closed() == 1013
    await late.end()
    await ana.settle()
    await ana.end()

    assert refusal() is None


async def test_a_process_that_stops_sends_newcomers_elsewhere(key):
    standing().draining = True
    loop_lag().seconds = 10.0
    late = await Stranger().open()

    assert await late.closed() == 1012
    await late.end()


async def test_whom_no_protocol_is_common_with_is_told_that_first(key):
    standing().draining = True
    late = Stranger()
    late.scope["subprotocols"] = ["other.v1"]
    await late.open()

    assert (late.accepted, await late.closed()) == ("", 4400)
    await late.end()


async def test_a_blocked_loop_shows_and_is_forgotten():
    lag = LoopLag(OFTEN)
    lag.watch()
    await asyncio.sleep(0.03)
    idle = lag.seconds
    work(0.2)
    await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    blocked = lag.seconds
    await asyncio.sleep(0.15)

    assert blocked > 0.08 > idle
    assert lag.seconds < blocked / 4


async def test_waiting_for_others_is_no_load_of_ours():
    lag = LoopLag(OFTEN)
    lag.watch()
    await asyncio.sleep(0.03)
    time.sleep(0.2)  # noqa: ASYNC251  as if the machine were busy with others
    await asyncio.sleep(0.001)

    assert lag.seconds < 0.08


async def test_one_timer_measures_whatever_the_number_of_sockets(monkeypatch):
    lag = LoopLag(OFTEN)
    loop, set_for = asyncio.get_running_loop(), []
    monkeypatch.setattr(
        loop, "call_later", lambda seconds, *what: set_for.append(seconds)
    )
    for _ in range(3):
        lag.watch()
    monkeypatch.undo()

    assert set_for == [OFTEN.look_seconds]


def test_another_loop_is_measured_anew():
    lag = LoopLag(OFTEN)

    async def watched():
        lag.watch()
        began = lag.seconds
        lag.seconds = 9.0
        return began

    assert [asyncio.run(watched()), asyncio.run(watched())] == [0.0, 0.0]


def test_with_nothing_to_do_everybody_is_welcome():
    assert refusal() is None
    loop_lag().seconds = 10.0
    assert refusal() is CloseCode.TOO_SLOW
