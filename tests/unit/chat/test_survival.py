"""Whatever breaks, and whenever: nothing said is lost, doubled or out of order.

Two clients, two processes, the links between them and the record of their
conversation are driven through arbitrary interleavings of writing, sending,
acknowledging, lost sockets, a bus that loses, doubles and reorders, resumes,
crashes, pauses, drains and a store that comes back empty.
"""

from collections import deque
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from chat.domain import inputs as on
from chat.domain.conversation import Conversation
from chat.domain.inputs import Moment
from chat.domain.ladder import Step
from chat.domain.policy import CONVERSATION, LEASE
from chat.domain.state import Phase, Terms
from common.encoding import b64u_encode
from common.ratelimit import Rule
from common.vocabulary import Mode
from tests.unit.chat.records_of import record
from tests.unit.chat.site import START_SECONDS, Site
from tests.unit.chat.site_parts import Endpoint
from tests.unit.chat.site_worker import UNIX, Worker
from tests.unit.chat.wanderers import Line, Wanderer
from tests.wire_client import records
from trust.domain.franking import Role

A, B = Role.A, Role.B
KEY = bytes(range(32))
NOBODY_WAITS_SO_LONG = 1e9
HEALING_STEPS = 600
STEP_SECONDS = 0.5
FATES = ("carried", "lost", "doubled", "late")
roles = st.sampled_from([A, B])
some = st.integers(0, 7)
SKEWS = st.sampled_from([0.0, 25.0, -25.0])
"""Seconds that a machine's clock is fast; a receiver allows for 60 between two."""
BUCKETS_BACK = 6
NUMBERED = {records.MESSAGE: 10, records.DELIVER: 10}
STAMP = slice(42, 89)


def opened(site_policy, slots) -> Conversation:
    """Bring a conversation past its handshake."""
    terms = Terms(
        id=record(1).id,
        mode=Mode.TEXT,
        highest=Step.CLEAR,
        slots=slots,
        kid=record(1).kid,
        stamp_key=KEY,
    )
    now = Moment(steady=START_SECONDS, unix=UNIX + START_SECONDS)
    talk = Conversation.match(terms, now=now, policy=site_policy)
    reveal = on.Reveal(
        suites=b"\x01",
        suite=1,
        public_key=bytes(32),
        fingerprint=bytes(32),
        random=bytes(32),
    )
    for part in (on.Commit(commitment=KEY), reveal, on.Confirm(mac=KEY)):
        for role in Role:
            talk.receive(part, by=role, now=now)
    assert talk.state.phase is Phase.OPEN
    return talk


class Survival(RuleBasedStateMachine):
    """Both sides of one conversation, and everything that can go wrong."""

    @initialize(
        window=st.sampled_from([NOBODY_WAITS_SO_LONG, 60.0]),
        limits=st.tuples(st.sampled_from([2, 5, 32]), st.sampled_from([2, 8])),
        patient=st.booleans(),
        places=st.tuples(some, some),
        skews=st.tuples(SKEWS, SKEWS),
    )
    def begin(self, *, window, limits, patient, places, skews):
        unacknowledged, burst = limits
        self.policy = replace(
            CONVERSATION,
            resume_window_seconds=window,
            unacknowledged=unacknowledged,
            fresh=Rule(capacity=burst, per_second=2),
        )
        core = opened(self.policy, {A: 1, B: 2})
        first = record(1, started=UNIX + START_SECONDS)
        self.site = Site(core, first, key=KEY, policy=self.policy, skews=skews)
        self.given = {}
        self.stamped = {A: (0, 0, 0), B: (0, 0, 0)}
        self.may_end = window < NOBODY_WAITS_SO_LONG
        self.bereft = False
        self.place = 0
        self.people = {}
        for role, place in zip(Role, places, strict=True):
            self._seat(role, place, limits=limits, patient=patient)

    def _seat(self, role, place, *, limits, patient):
        window, burst = limits
        matched = {
            "conversation": b64u_encode(self.site.id),
            "slot": int(role),
            "role": role.name,
            "suite": 1,
            "kid": record(1).kid,
            "resume_token": role.name,
        }
        self.people[role] = Wanderer(
            matched, now=self.site.now, patient=patient, window=window, burst=burst
        )
        line = self.people[role].line = self.site.connect(role, place)
        worker = next(w for w in self.site.workers.values() if line.number in w.lines)
        home = self.site.home
        worker.seats[line.number] = (home.name, role)
        home.live.endpoints[role] = Endpoint(worker.name, line.number)
        self.site.slot  # noqa: B018  the numbers 1 and 2 are taken

    # --- what people do ---------------------------------------------------------

    @rule(role=roles, lines=st.integers(1, 4))
    def write(self, role, lines):
        for _ in range(lines):
            self.people[role].write()

    @rule(lines=st.tuples(some, some), rounds=st.integers(1, 4))
    def talk_undisturbed(self, lines, rounds):
        """Let what works work: else nothing would be there to be lost."""
        for role, count in zip(Role, lines, strict=True):
            self.write(role, count)
        for _ in range(rounds):
            self._flow()

    @rule(lines=st.tuples(some, some), fates=st.lists(st.sampled_from(FATES)))
    def talk_over_a_bad_bus(self, lines, fates):
        """Let each batch that passes meet one fate, in turn; the rest is carried."""
        for role, count in zip(Role, lines, strict=True):
            self.write(role, count)
        self._flow(deque(fates))

    @rule(role=roles, lines=some)
    def say(self, role, lines):
        """Write and send, and leave it on its way."""
        self.write(role, lines)
        self.people[role].send(self.site.now)

    @rule()
    def carry_what_is_on_its_way(self):
        self._carry_everything()

    @rule(role=roles, most=st.integers(1, 9))
    def send(self, role, most):
        self.people[role].send(self.site.now, most)

    @rule(role=roles)
    def acknowledge(self, role):
        if self.people[role].talk.received > self.people[role].talk.told:
            self.people[role].acknowledge()

    @rule(role=roles, arrives=some)
    def lose_socket(self, role, arrives):
        self.people[role].drop(arrives)

    @rule(role=roles, place=some)
    def come_back(self, role, place):
        if self.people[role].line is None and not self.people[role].over:
            self.people[role].resume(self.site.connect(role, place))

    @rule(places=st.tuples(some, some), arrives=some)
    def all_move(self, places, arrives):
        for role, place in zip(Role, places, strict=True):
            self.lose_socket(role, arrives)
            self.come_back(role, place)

    # --- what the network does --------------------------------------------------

    @rule(which=some, most=st.integers(1, 9))
    def carry_up(self, which, most):
        for _ in range(most):
            ways = self._ways_up()
            if ways:
                self._hear(*ways[which % len(ways)])

    @rule(role=roles, most=st.integers(1, 9))
    def carry_down(self, role, most):
        for _ in range(most):
            if self._can_take(role):
                self._take(role)

    @rule(which=some, most=st.integers(1, 9))
    def carry_bus(self, which, most):
        for _ in range(most):
            if self.site.bus:
                self.site.carry(which % len(self.site.bus))

    @rule(which=some)
    def lose_batch(self, which):
        if self.site.bus:
            self.site.bus.pop(which % len(self.site.bus))

    @rule()
    def lose_all_batches(self):
        self.site.bus.clear()

    @rule(which=some)
    def double_batch(self, which):
        if self.site.bus:
            self.site.bus.append(self.site.bus[which % len(self.site.bus)])

    @rule(seconds=st.sampled_from([0.05, 0.3, 1.0, 6.0, 20.0]))
    def wait(self, seconds):
        self.site.pass_time(seconds)

    # --- what breaks --------------------------------------------------------------

    @rule(which=some)
    def crash(self, which):
        self._note_what_cannot_be_written_back(self._worker(which))
        self.site.crash(self._worker(which))

    @rule(which=some)
    def pause(self, which):
        self._note_what_cannot_be_written_back(self._worker(which))
        self._worker(which).paused = True

    @rule(which=some)
    def pause_for_long(self, which):
        """Let others take the process for dead."""
        self.pause(which)
        self.site.pass_time(LEASE.lease_seconds + 1)

    @rule(which=some)
    def wake(self, which):
        if self._worker(which).paused:
            self._worker(which).wake()

    @precondition(lambda self: not any(w.draining for w in self._workers()))
    @rule(which=some)
    def drain(self, which):
        worker = self._worker(which)
        if worker.paused:
            return
        worker.draining = True
        for endpoint in worker.live.endpoints.values() if worker.live else ():
            worker.dismiss(endpoint)
        for number in tuple(worker.lines):
            worker.lose(number)

    @rule()
    def lose_store(self):
        holder = self._holder()
        if holder is None or holder.paused or not holder.sure:
            self.bereft = True
        self.site.lose_store()

    # --- what always holds --------------------------------------------------------

    @invariant()
    def everyone_has_heard_a_prefix(self):
        for role, person in getattr(self, "people", {}).items():
            said = self.people[role.other].written
            assert person.heard == said[: len(person.heard)]

    @invariant()
    def nobody_saw_anything_wrong(self):
        for person in getattr(self, "people", {}).values():
            assert person.dropped == []

    @invariant()
    def counters_stand_in_their_order(self):
        for worker in self._workers() if hasattr(self, "site") else ():
            for role in Role if worker.live is not None else ():
                sent = worker.live.core.state.sides[role].sent
                assert sent.acked <= sent.handed <= sent.accepted
                assert sent.accepted <= self.people[role].talk.sent
                assert sent.acked <= self.people[role.other].talk.received

    @invariant()
    def it_ends_once_and_only_for_a_reason(self):
        for person in getattr(self, "people", {}).values():
            assert len(person.endings) <= 1
            if not self.bereft:
                assert person.endings == [] or self.may_end
                assert set(person.endings) <= {"partner_lost", "expired"}

    # --- and in the end -------------------------------------------------------------

    def teardown(self):
        if not hasattr(self, "people"):
            return
        if all(worker.paused or worker.draining for worker in self._workers()):
            self._workers()[0].wake()
            self._workers()[0].draining = False
        self._go_on()
        for worker in self._workers():
            if worker.paused:
                worker.wake()
        for _ in Role:  # from every process, wherever the record says that it is
            self._go_on()
        self.everyone_has_heard_a_prefix()
        self.nobody_saw_anything_wrong()
        self.it_ends_once_and_only_for_a_reason()
        if self.bereft:
            return  # it may end then, each side as far as it was found
        for role, person in self.people.items():
            assert self._content(role), self._state()
            assert bool(person.endings) == bool(self.people[role.other].endings)

    def _content(self, role):
        """Say whether a side has nothing more to wait for."""
        person, partner = self.people[role], self.people[role.other]
        everything = person.heard == partner.written
        return person.over or (everything and person.talk.acked == len(person.written))

    def _go_on(self):
        """Move to another process and say something there, to the end."""
        self.place += 1
        for role in Role:
            self.write(role, 2)
            self.people[role].send(self.site.now)
            self.people[role].drop(arrives=2)
        for _ in range(HEALING_STEPS):
            self._heal()
            if all(self._content(role) for role in Role):
                break

    def _heal(self):
        """Let everything work for a moment, and whoever is gone come back."""
        for role, person in self.people.items():
            if person.line is None and not person.over:
                person.resume(self.site.connect(role, self._place(role)))
        self._flow()

    def _flow(self, fates=()):
        """Let everything work for a moment, but for what a bad bus does."""
        for person in self.people.values():
            person.send(self.site.now)
        for _ in range(4):
            self._carry_everything(fates)
        for role in Role:
            self.acknowledge(role)
        self._carry_everything(fates)
        self.site.pass_time(STEP_SECONDS)

    def _carry_everything(self, fates=()):
        while ways := self._ways_up():
            for way in ways:
                self._hear(*way)
        for worker in self._workers():
            worker.flush()
        while self.site.bus:
            self._carry_batch(fates.popleft() if fates else "carried")
        for role in Role:
            while self._can_take(role):
                self._take(role)

    def _carry_batch(self, fate):
        if fate == "doubled":
            self.site.bus.append(self.site.bus[0])
        if fate == "late":
            self.site.bus.append(self.site.bus.pop(0))
        if fate == "lost":
            self.site.bus.pop(0)
        else:
            self.site.carry(0)

    def _place(self, role):
        """Find a process that takes sockets: each one, the same, the other one."""
        free = [
            at
            for at, worker in enumerate(self._workers())
            if not (worker.draining or worker.paused)
        ]
        return free[self.place * role % len(free)]

    def _note_what_cannot_be_written_back(self, worker):
        """With the record and the home gone together it may end."""
        if self.site.store.record is None and worker is self._holder():
            self.bereft = True

    def _holder(self) -> Worker | None:
        """Find who holds the conversation by the newest right."""
        homes = [worker for worker in self._workers() if worker.live is not None]
        return max(homes, key=lambda home: home.live.record.epoch, default=None)

    # --- details --------------------------------------------------------------------

    def _workers(self) -> list[Worker]:
        return list(self.site.workers.values())

    def _worker(self, which) -> Worker:
        return self._workers()[which % 2]

    def _ways_up(self) -> list[tuple[Worker, Line]]:
        return [
            (worker, line)
            for worker in self._workers()
            if worker.sure and not worker.paused
            for line in worker.lines.values()
            if line.up or line.left
        ]

    def _hear(self, worker, line):
        if line.number not in worker.lines:
            return
        if line.up and isinstance(line.up[0], bytes):
            self._note(self.site.role_of(line), line.up[0])
        worker.hear(line.number)
        worker.flush()

    def _can_take(self, role):
        line = self.people[role].line
        return line is not None and bool(line.down or line.closed)

    def _take(self, role):
        line = self.people[role].line
        if line.down and isinstance(line.down[0], bytes):
            self._note(role.other, line.down[0])
        before = len(self.people[role].heard)
        self.people[role].take(self.site.now)
        if len(self.people[role].heard) > before:
            self._check_stamp(role)

    def _note(self, sender, raw):
        """Sealing is final: whatever passes under a number is always the same."""
        for kind, body in records.split(raw):
            if kind in NUMBERED:
                number = int.from_bytes(body[2:10], "big")
                sealed = body[10:42], body[STAMP.stop :]
                if kind == records.MESSAGE:
                    sealed = body[10:42], body[42:]
                assert self.given.setdefault((sender, number), sealed) == sealed

    def _check_stamp(self, role):
        """Times and counts never fall, and claim nothing that was not so."""
        stamp = self.people[role].talk.inbox.last_stamp
        time, count, recoveries = self.stamped[role]
        # Only the memory of a dead process knew the last time, on its own clock.
        again = self.site.recoveries > recoveries
        assert stamp.tb >= time - (BUCKETS_BACK if again else 0)
        assert count <= stamp.rx_other <= self.people[role.other].talk.received
        self.stamped[role] = stamp.tb, stamp.rx_other, self.site.recoveries

    def _state(self):
        return [
            (p.role, len(p.heard), p.talk.acked, len(p.written), p.line, p.endings)
            for p in self.people.values()
        ]


TestSurvival = pytest.mark.timeout(7200)(Survival.TestCase)
TestSurvival.settings = settings(
    max_examples=settings().max_examples, stateful_step_count=50, deadline=None
)
