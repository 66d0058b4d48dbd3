"""What the server keeps of a message once it is acknowledged: nothing."""

import asyncio
import gc
import json
import logging
import os

from chat.live import conversations
from common.encoding import b64u_decode, b64u_encode
from tests.edge.chat.driver import message_record


class Own:
    """A marked message, so that the test's own copies do not count."""

    def __init__(self):
        self.half, self.other = os.urandom(64), os.urandom(80)
        self.commitment = os.urandom(32)

    def record(self, slot, seq):
        return message_record(slot, seq, self.commitment, self.half + self.other)


def holders(needle):
    """Find live objects that hold these bytes, as they are or as text."""
    gc.collect()
    raw = (needle, b64u_encode(needle).encode(), needle.hex().encode())
    text = tuple(form.decode() for form in raw[1:])
    return [
        each
        for each in strings(at_least=len(needle))
        if any(form in each for form in (text if isinstance(each, str) else raw))
        and not any(each is form for form in (*raw, *text))
    ]


def strings(*, at_least):
    """List the long strings and bytes that hang on what the collector tracks."""
    tracked = gc.get_objects()
    found = {
        id(each): each
        for each in (*tracked, *gc.get_referents(*tracked))
        # By type: isinstance would follow a weak proxy, and its end raises.
        if issubclass(type(each), bytes | bytearray | str) and len(each) >= at_least
    }
    return list(found.values())


async def test_nothing_of_an_acknowledged_message_is_held(talking):
    ana, bo = talking
    own = Own()
    ana.raw(own.record(ana.slot, 0))
    await bo.until(lambda: bo.taken(0x11))
    assert holders(own.commitment), "the commitment is held until acknowledged"
    bo.acknowledge(1)
    await ana.until(lambda: ana.taken(0x13))
    bo.records.clear()
    ana.records.clear()
    await asyncio.sleep(0.05)

    assert holders(own.half) == []
    assert holders(own.commitment) == []


async def test_a_ciphertext_is_gone_as_soon_as_it_was_passed_on(talking):
    ana, bo = talking
    own = Own()
    ana.raw(own.record(ana.slot, 0))
    await bo.until(lambda: bo.taken(0x11))
    bo.records.clear()
    await asyncio.sleep(0.01)

    assert holders(own.half) == []


async def test_a_refused_ciphertext_is_not_held_either(talking):
    ana, _ = talking
    own = Own()
    ana.raw(own.record(ana.slot, 7))
    ana.raw(own.record(ana.slot, 0)[:-1])
    await ana.until(lambda: len(ana.of_type("error")) == 2)
    await asyncio.sleep(0.01)

    assert holders(own.half) == []


async def test_nothing_is_left_of_a_conversation_that_ended(talking):
    ana, bo = talking
    own = Own()
    ana.raw(own.record(ana.slot, 0))
    await bo.until(lambda: bo.taken(0x11))
    conversation = b64u_decode(ana.conversation)
    live = conversations()[conversation]
    ana.say("conversation.leave", reason="stop")
    await bo.expect("conversation.ended")
    bo.records.clear()
    ana.records.clear()

    assert conversations() == {}
    assert live._timers == {}
    del live
    await asyncio.sleep(0.01)
    assert holders(own.half) == []
    assert holders(own.commitment) == []


async def test_what_is_said_and_who_says_it_is_never_logged(talking, caplog):
    ana, bo = talking
    with caplog.at_level(logging.DEBUG):
        own = Own()
        ana.raw(own.record(ana.slot, 0))
        ana.say("signal", description={"type": "offer", "sdp": "CANARY"})
        ana.raw('{"type": "CANARY"')
        ana.send("CANARY", id="CANARY")
        ana.send("queue.join", mode="text", interests=["CANARY"], languages=[])
        await bo.expect("signal")
        await ana.settle()
        ana.say("conversation.leave", reason="stop")
        await bo.expect("conversation.ended")
        ana.raw("CANARY" * 20_000)
        await ana.closed()
    told = caplog.text + json.dumps(
        [record.args for record in caplog.records], default=str
    )

    assert "CANARY" not in told
    assert own.half.hex() not in told
    assert str(ana.claims.visitor_id) not in told
