"""What waits to be sent: in order, together, and not without end."""

import asyncio
from dataclasses import replace

from chat.domain.policy import SOCKET
from chat.outgoing import Outgoing
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import turns

SMALL = replace(SOCKET, unsent_bytes=100, frame_bytes=40)


class Server:
    """The server program's end: it may be stuck, or gone."""

    def __init__(self):
        self.sent = []
        self.free = asyncio.Event()
        self.free.set()
        self.broken = False

    async def send(self, message):
        await self.free.wait()
        if self.broken:
            raise OSError
        self.sent.append(message.get("text") or message.get("bytes") or message["code"])


def outgoing(server):
    way = Outgoing(server.send, policy=SMALL)
    way.start()
    return way


async def test_frames_leave_in_order_and_records_ride_together():
    server = Server()
    way = outgoing(server)
    for frame in (b"a", b"b", "text", b"c", "more", b"d", b"e"):
        assert way.give(frame)
    await turns()

    assert server.sent == [b"ab", "text", b"c", "more", b"de"]
    await way.stop()


async def test_records_ride_together_up_to_the_size_of_a_frame():
    server = Server()
    way = outgoing(server)
    for number in range(5):
        way.give(bytes([number]) * 19)
    await turns()

    assert [len(each) for each in server.sent] == [38, 38, 19]
    await way.stop()


async def test_a_close_comes_after_what_was_given_before():
    server = Server()
    way = outgoing(server)
    way.give("last words")
    way.close(4409)
    way.close(1000)
    assert way.give("too late")
    await turns()

    assert server.sent == ["last words", 4409]
    await way.stop()


async def test_there_is_no_room_beyond_the_bound():
    server = Server()
    way = outgoing(server)
    server.free.clear()

    assert way.give(b"x" * 60)
    assert not way.give(b"x" * 60)
    assert way.give(b"x" * 40)
    await way.stop()


async def test_what_has_left_makes_room():
    server = Server()
    way = outgoing(server)
    for _ in range(10):
        assert way.give(b"x" * 40)
        await turns(5)

    assert len(server.sent) == 10
    await way.stop()


async def test_what_comes_while_the_server_is_stuck_leaves_in_order_and_later_too():
    server = Server()
    way = outgoing(server)
    for expected in (["a", "b", "c"], ["a", "b", "c", "a", "b", "c"]):
        server.free.clear()
        way.give("a")
        await turns(5)
        way.give("b")
        server.free.set()
        way.give("c")
        await turns()

        assert server.sent == expected
    await way.stop()


async def test_a_server_that_ends_while_it_is_stuck_ends_it_quietly():
    server = Server()
    way = outgoing(server)
    server.free.clear()
    way.give("x")
    await turns(5)
    server.broken = True
    server.free.set()
    await turns()

    assert way._writer.done()
    assert way._writer.exception() is None
    assert server.sent == []


async def test_who_is_abandoned_right_after_getting_stuck_is_closed():
    server = Server()
    way = outgoing(server)
    await turns(5)
    server.free.clear()
    way.give("stuck")
    await asyncio.sleep(0)  # begun; the task has not taken over yet
    way.abandon(1013)
    server.free.set()
    await turns()

    assert server.sent == [1013]
    await way.stop()


async def test_who_is_stuck_is_abandoned_with_a_close():
    server = Server()
    way = outgoing(server)
    server.free.clear()
    way.give("stuck")
    way.give("never read")
    await turns()
    way.abandon(1013)
    server.free.set()
    await turns()

    assert server.sent == [1013]
    await way.stop()


async def test_a_server_that_stays_stuck_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("chat.outgoing.GOODBYE_SECONDS", 0.01)
    server = Server()
    way = outgoing(server)
    server.free.clear()
    way.give("stuck")
    await asyncio.sleep(0)
    way.abandon(1013)
    await asyncio.sleep(0.05)

    assert way._writer.done()
    assert server.sent == []


async def test_a_server_that_takes_no_more_ends_it_quietly():
    server = Server()
    way = outgoing(server)
    server.broken = True
    way.give("x")
    await turns()

    assert way._writer.done()
    assert way._writer.exception() is None
    await way.stop()


async def test_stopping_before_starting_is_nothing():
    way = Outgoing(Server().send, policy=SMALL)
    way.abandon(1013)

    await way.stop()


# --- a client that reads too slowly ------------------------------------------------


async def test_a_slow_reader_is_closed_and_nobody_else(people):
    ana, bo = await matched(await people(), await people(), "video")
    cy = await people()
    bo.writable.clear()
    sdp = "x" * 32_000
    for _ in range(9):
        ana.say("signal", description={"type": "offer", "sdp": sdp})

    assert (await ana.expect("conversation.ended"))["reason"] == "partner_lost"
    await ana.settle()
    await cy.settle()
    bo.writable.set()
    assert await bo.closed() == 1013
    assert sum(len(str(each)) for each in bo.of_type("signal")) < 2 * 32_100
