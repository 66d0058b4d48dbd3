"""Reliable links over a bus that drops, doubles, delays and reorders."""

import struct
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from chat.domain.link import BatchRefusedError, Link, Received, name_bytes
from chat.domain.policy import LINK
from common.ids import WorkerId

ANA, BO = WorkerId("00000000000000aa"), WorkerId("00000000000000bb")
SOON, LATER = LINK.ack_seconds, LINK.resend_seconds
HEAD = struct.Struct(">8sIQQ")


def pair(policy=LINK, generation=1):
    return (
        Link(own=ANA, peer=BO, policy=policy, generation=generation),
        Link(own=BO, peer=ANA, policy=policy, generation=generation),
    )


def carry(sender, receiver, now=0.0):
    """Bring all that is to be published; what came is returned."""
    frames = []
    for batch in sender.flush(now):
        frames += receiver.receive(batch, now).frames
    return frames


def established(policy=LINK):
    """Two links that have heard of each other; nothing waits."""
    ana, bo = pair(policy)
    ana.send(b"a")
    carry(ana, bo)
    bo.send(b"b")
    carry(bo, ana)
    for batch in ana.tick(SOON):
        bo.receive(batch, SOON)
    assert ana.idle
    assert bo.idle
    return ana, bo


def batch_of(*, sender=BO, generation=1, seq=1, ack=1, body=b""):
    return HEAD.pack(name_bytes(sender), generation, seq, ack) + body


def frame(content):
    return len(content).to_bytes(4, "big") + content


# --- batches --------------------------------------------------------------------


def test_a_batch_is_written_byte_for_byte():
    ana, _ = pair()
    ana.send(b"hi")

    assert ana.flush(0.0) == [
        bytes.fromhex(
            "00000000000000aa 00000001 0000000000000001 000000000000000100000002 6869"
        )
    ]


def test_frames_that_wait_together_leave_together():
    ana, bo = pair()
    for content in (b"one", b"", b"three"):
        ana.send(content)
    [batch] = ana.flush(0.0)

    assert bo.receive(batch, 0.0) == Received((b"one", b"", b"three"))


def test_batches_are_cut_by_their_size():
    ana, bo = pair(replace(LINK, batch_bytes=20))
    sizes = (6, 6, 6, 40, 1)
    for size in sizes:
        ana.send(b"x" * size)
    batches = ana.flush(0.0)

    assert [len(batch) - HEAD.size for batch in batches] == [20, 10, 44, 5]
    assert [
        len(content) for batch in batches for content in bo.receive(batch, 0.0).frames
    ] == list(sizes)


def test_nothing_waiting_is_no_batch():
    ana, _ = pair()

    assert ana.flush(0.0) == []
    assert ana.tick(100.0) == []
    assert ana.idle


def test_a_window_that_is_full_lets_frames_wait_and_then_leave_together():
    ana, bo = pair(replace(LINK, window=2))
    for content in (b"1", b"2"):
        ana.send(content)
        assert carry(ana, bo) == [content]
    ana.send(b"3")
    ana.send(b"4")

    assert not ana.ready
    assert not ana.idle
    assert ana.flush(0.0) == []
    [acknowledgement] = bo.tick(SOON)
    ana.receive(acknowledgement, SOON)
    assert ana.ready
    assert carry(ana, bo, SOON) == [b"3", b"4"]


def test_acknowledgements_come_before_the_window_is_full_or_the_pause_over():
    assert LINK.ack_batches < LINK.window
    assert LINK.ack_seconds < LINK.resend_seconds <= LINK.resend_at_most_seconds
    assert LINK.batch_bytes < LINK.unacknowledged_bytes


# --- acknowledgements -----------------------------------------------------------


def test_an_acknowledgement_rides_along():
    ana, bo = established()
    ana.send(b"question")
    carry(ana, bo)
    bo.send(b"answer")
    carry(bo, ana)

    assert bo.tick(SOON) == []
    assert ana.next_due() == SOON


def test_an_acknowledgement_goes_alone_after_a_while():
    ana, bo = pair()
    ana.send(b"x")
    carry(ana, bo)

    assert bo.next_due() == SOON
    assert bo.tick(SOON - 0.001) == []
    [alone] = bo.tick(SOON)
    assert len(alone) == HEAD.size
    assert ana.receive(alone, SOON) == Received()
    assert ana.idle
    assert bo.idle


def test_an_acknowledgement_is_due_at_once_after_many_batches():
    ana, bo = pair()
    for number in range(LINK.ack_batches):
        assert bo.next_due() in (None, SOON)
        ana.send(b"x")
        carry(ana, bo, now=number / 10_000)

    assert bo.next_due() == (LINK.ack_batches - 1) / 10_000


def test_a_part_that_is_acknowledged_is_not_sent_again():
    ana, bo = pair()
    for content in (b"1", b"2", b"3"):
        ana.send(content)
        [batch] = ana.flush(0.0)
        if content == b"1":
            bo.receive(batch, 0.0)
    [acknowledgement] = bo.tick(SOON)
    ana.receive(acknowledgement, SOON)

    assert ana.next_due() == SOON + LATER
    again = ana.tick(SOON + LATER)
    assert [bo.receive(batch, 1.0).frames for batch in again] == [(b"2",), (b"3",)]


def test_an_acknowledgement_may_overtake_the_second_sending():
    ana, bo = pair()
    ana.send(b"x")
    carry(ana, bo)
    [acknowledgement] = bo.tick(SOON)
    assert len(ana.tick(LATER)) == 1
    ana.receive(acknowledgement, LATER)

    assert ana.idle


# --- loss, doubles, disorder ------------------------------------------------------


def test_what_is_lost_is_sent_again_with_growing_pauses():
    ana, bo = pair()
    ana.send(b"x")
    ana.flush(0.0)
    dues, now = [], 0.0
    while now < 4:
        dues.append(round(ana.next_due() - now, 6))
        now = ana.next_due()
        [batch] = ana.tick(now)

    assert dues == [0.3, 0.6, 1.0, 1.0, 1.0, 1.0]
    assert bo.receive(batch, now).frames == (b"x",)


def test_the_pause_is_short_again_after_an_answer():
    ana, bo = pair()
    ana.send(b"x")
    ana.flush(0.0)
    [batch] = ana.tick(LATER)
    bo.receive(batch, LATER)
    [acknowledgement] = bo.tick(LATER + SOON)
    ana.receive(acknowledgement, LATER + SOON)
    ana.send(b"y")
    ana.flush(1.0)

    assert ana.next_due() == 1.0 + LATER


def test_a_double_is_dropped_and_acknowledged_again():
    ana, bo = pair()
    ana.send(b"x")
    [batch] = ana.flush(0.0)
    bo.receive(batch, 0.0)
    bo.tick(SOON)

    assert bo.receive(batch, 1.0) == Received()
    [acknowledgement] = bo.tick(1.0 + SOON)
    ana.receive(acknowledgement, 1.0 + SOON)
    assert ana.idle


def test_what_comes_too_early_is_dropped_until_its_turn():
    ana, bo = pair()
    ana.send(b"1")
    [first] = ana.flush(0.0)
    ana.send(b"2")
    [second] = ana.flush(0.0)

    assert bo.receive(second, 0.0).frames == ()
    assert bo.receive(first, 0.0).frames == (b"1",)
    assert bo.receive(second, 0.0).frames == (b"2",)


# --- restarts -------------------------------------------------------------------


def test_too_much_waiting_breaks_a_link():
    ana, _ = pair(replace(LINK, unacknowledged_bytes=28))
    for _ in range(2):
        ana.send(b"x" * 10)
        ana.flush(0.0)
    assert not ana.broken
    ana.send(b"x")

    assert ana.broken
    ana.send(b"more")
    ana.restart()
    assert (ana.broken, ana.generation) == (False, 2)


def test_a_long_silence_breaks_a_link():
    ana, _ = pair()
    ana.send(b"x")
    ana.flush(0.0)
    now = 0.0
    while now < LINK.silence_seconds:
        assert not ana.broken
        now = ana.next_due()
        ana.tick(now)

    assert ana.broken


def test_the_silence_counts_from_the_last_answer():
    ana, bo = pair()
    ana.send(b"x")
    carry(ana, bo)
    ana.send(b"lost")
    ana.flush(0.0)
    [acknowledgement] = bo.tick(50.0)
    ana.receive(acknowledgement, 50.0)
    ana.tick(109.0)

    assert not ana.broken
    ana.tick(110.0)
    assert ana.broken


def test_the_other_end_learns_of_a_restart_and_forgets():
    ana, bo = established()
    ana.send(b"of before")
    [old] = ana.flush(1.0)
    bo.send(b"of before, too")
    ana.restart()
    [notice] = ana.flush(1.0)

    assert bo.receive(notice, 1.0) == Received((), restarted=True)
    assert bo.generation == ana.generation == 2
    assert bo.flush(1.0) == []
    assert bo.receive(old, 1.0) == Received()
    ana.send(b"new")
    assert carry(ana, bo, 1.0) == [b"new"]


def test_the_news_of_a_restart_is_sent_until_it_is_answered():
    ana, bo = established()
    ana.restart()
    ana.flush(1.0)
    [again] = ana.tick(1.0 + LATER)

    assert bo.receive(again, 2.0).restarted
    [answer] = bo.tick(2.0 + SOON)
    ana.receive(answer, 2.1)
    assert ana.idle


def test_news_of_a_restart_may_come_with_frames():
    ana, bo = established()
    ana.restart()
    ana.send(b"first")
    notice, first = ana.flush(1.0)

    assert bo.receive(first, 1.0) == Received((), restarted=True)
    assert bo.receive(notice, 1.0) == Received()
    assert bo.receive(first, 1.0) == Received((b"first",))


@pytest.mark.parametrize("done", ["sent", "received", "queued"])
def test_a_restart_counts_only_for_who_has_something_to_forget(done):
    ana, bo = pair()
    ana.restart()
    [notice] = ana.flush(0.0)
    if done == "received":
        bo.receive(batch_of(sender=ANA, body=frame(b"x")), 0.0)
    else:
        bo.send(b"x")
    if done == "sent":
        bo.flush(0.0)
    fresh = Link(own=BO, peer=ANA)

    assert bo.receive(notice, 0.0).restarted
    assert fresh.receive(notice, 0.0) == Received()
    assert fresh.generation == 2


def test_an_older_generation_is_told_of_the_newer():
    ana, bo = established()
    bo = Link(own=BO, peer=ANA, generation=bo.generation + 1)
    ana.send(b"to one who forgot me")

    assert carry(ana, bo, 1.0) == []
    [news] = bo.tick(1.0 + SOON)
    assert ana.receive(news, 1.1) == Received(restarted=True)
    assert ana.idle


def test_both_may_restart_at_once():
    ana, bo = established()
    for each in (ana, bo):
        each.restart()
        each.send(b"new")

    assert carry(ana, bo, 1.0) == [b"new"]
    assert carry(bo, ana, 1.0) == [b"new"]


# --- malformed batches ------------------------------------------------------------

MALFORMED = {
    "empty": b"",
    "short": batch_of()[:-1],
    "of somebody else": batch_of(sender=WorkerId("00000000000000cc")),
    "of ourselves": batch_of(sender=ANA),
    "generation 0": batch_of(generation=0),
    "frames without a number": batch_of(seq=0, body=frame(b"x")),
    "acknowledges nothing": batch_of(ack=0),
    "acknowledges what was never sent": batch_of(ack=3),
    "acknowledges what is of before": batch_of(generation=2, ack=2),
    "a length cut short": batch_of(body=b"\0\0\0"),
    "a frame cut short": batch_of(body=frame(b"x") + frame(b"yz")[:-1]),
    "a cut frame in an old one": batch_of(seq=7, body=b"\0\0\0\1"),
    "more than there is": batch_of(body=b"\xff\xff\xff\xffx"),
}


@pytest.mark.parametrize("why", MALFORMED)
def test_a_malformed_batch_is_refused_and_changes_nothing(why):
    ana, _ = pair()
    ana.send(b"x")
    ana.flush(0.0)
    before = state(ana)

    with pytest.raises(BatchRefusedError):
        ana.receive(MALFORMED[why], 1.0)

    assert state(ana) == before


@given(st.binary(max_size=80), st.booleans())
def test_any_bytes_are_taken_or_refused_whole(noise, headed):
    ana, _ = pair()
    before = state(ana)
    batch = batch_of(body=noise) if headed else noise
    try:
        frames = ana.receive(batch, 1.0).frames
    except BatchRefusedError:
        assert state(ana) == before
        return

    assert b"".join(map(frame, frames)) == batch[HEAD.size :]


@pytest.mark.parametrize("name", ["", "00", "00000000000000zz", "00" * 9])
def test_a_name_is_16_hex_digits(name):
    with pytest.raises(ValueError, match=r".*"):
        Link(own=WorkerId(name), peer=BO)


def state(link):
    held = {name: getattr(link, name) for name in Link.__slots__}
    return {
        name: list(value) if isinstance(value, list) else value
        for name, value in held.items()
    }


# --- whatever the bus does ----------------------------------------------------------

HASTY = replace(LINK, batch_bytes=16, window=4, ack_batches=3, unacknowledged_bytes=120)


class End:
    """A process with its link, and what its link was given and brought."""

    def __init__(self, name, peer, generation=1):
        self.link = Link(own=name, peer=peer, policy=HASTY, generation=generation)
        self.sent = {}
        self.came = {}

    def send(self, content):
        if not self.link.broken:
            self.sent.setdefault(self.link.generation, []).append(content)
        self.link.send(content)

    def receive(self, batch, now):
        before = self.link.generation
        received = self.link.receive(batch, now)
        used = bool(self.sent.get(before) or self.came.get(before))
        if self.link.generation == before:
            assert not received.restarted
        elif used:
            assert received.restarted
        self.came.setdefault(self.link.generation, []).extend(received.frames)


class Links(RuleBasedStateMachine):
    """Two ends and the bus between them; nothing on it is ever forgotten."""

    @initialize()
    def begin(self):
        self.now = 0.0
        self.contents = (b"%d" % number for number in count())
        self.names = (WorkerId(f"{number:016x}") for number in count(1))
        self.name = [next(self.names), next(self.names)]
        self.meet()

    def meet(self):
        self.ends = [End(*self.name), End(*reversed(self.name))]
        self.bus = [[], []]

    @rule(who=st.integers(0, 1), many=st.integers(1, 4), leaves=st.booleans())
    def send(self, who, many, leaves):
        for _ in range(many):
            self.ends[who].send(next(self.contents))
        if leaves:
            self.publish(who, self.ends[who].link.flush(self.now))

    @rule(seconds=st.sampled_from([0.01, 0.06, 0.3, 1.5]))
    def time_passes(self, seconds):
        self.now += seconds
        self.tick()

    @rule(who=st.integers(0, 1), which=st.integers(0, 5), keep=st.booleans())
    def bring_any(self, who, which, keep):
        """Late, early, a second time: whatever is still on the bus."""
        bus = self.bus[who]
        if bus:
            batch = bus[-1 - which % len(bus)]
            if not keep:
                bus.remove(batch)
            self.ends[who].receive(batch, self.now)

    @rule(who=st.integers(0, 1))
    def bring_all(self, who):
        bus, self.bus[who] = self.bus[who], []
        for batch in bus:
            self.ends[who].receive(batch, self.now)

    @rule(who=st.integers(0, 1))
    def lose_all(self, who):
        self.bus[who] = []

    @rule(who=st.integers(0, 1))
    def restart(self, who):
        self.ends[who].link.restart()

    @precondition(lambda self: any(end.link.broken for end in self.ends))
    @rule()
    def mend(self):
        for end in self.ends:
            if end.link.broken:
                end.link.restart()

    @rule(who=st.integers(0, 1))
    def forget(self, who):
        """One took the other for dead; it keeps what it knew of generations."""
        end = self.ends[who]
        generation = end.link.generation + 1
        end.link = Link(
            own=self.name[who],
            peer=self.name[1 - who],
            policy=HASTY,
            generation=generation,
        )

    @rule(who=st.integers(0, 1))
    def replace(self, who):
        """A new process; what was meant for the old one is still on the way."""
        old_bus = self.bus[1 - who]
        self.name[who] = next(self.names)
        self.meet()
        for batch in old_bus:
            with pytest.raises(BatchRefusedError):
                self.ends[1 - who].link.receive(batch, self.now)

    @invariant()
    def what_came_is_the_beginning_of_what_was_sent(self):
        for one, other in self.both_ways():
            for generation, frames in other.came.items():
                assert frames == one.sent.get(generation, [])[: len(frames)]

    def teardown(self):
        """The bus gets well: everything of the last generation arrives."""
        if not hasattr(self, "ends"):
            return
        self.mend()
        for _ in range(60):
            self.now += 1.1
            self.tick()
            for who in (0, 1, 0, 1):
                self.bring_all(who)
                self.publish(1 - who, self.ends[1 - who].link.flush(self.now))
        links = [end.link for end in self.ends]
        assert [link.idle for link in links] == [True, True]
        if all(link.generation == 1 for link in links) or any(self.used()):
            assert links[0].generation == links[1].generation
        if links[0].generation == (last := links[1].generation):
            for one, other in self.both_ways():
                assert other.came.get(last, []) == one.sent.get(last, [])

    def used(self):
        return [end.sent.get(end.link.generation) for end in self.ends]

    def tick(self):
        for who, end in enumerate(self.ends):
            due = end.link.next_due()
            if due is not None and due <= self.now:
                self.publish(who, end.link.tick(self.now))

    def publish(self, who, batches):
        self.bus[1 - who] += batches

    def both_ways(self):
        return (self.ends, self.ends[::-1])


TestLinks = Links.TestCase
TestLinks.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
