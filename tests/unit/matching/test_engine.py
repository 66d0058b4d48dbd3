from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from common.vocabulary import Mode, Strictness
from matching.domain import engine
from matching.domain.engine import Pool
from matching.domain.pairing import conflict
from matching.domain.policy import POLICY
from tests.unit.matching.people import any_ticket, ticket


def never_met(_one, _other, _now):
    return False


@pytest.fixture
def pool():
    return Pool(policy=POLICY, recently_met=never_met)


def names(pair):
    return {pair.first.id, pair.second.id}


def test_the_first_one_waits(pool):
    assert pool.offer(ticket(1), 0) is None
    assert ticket(1).id in pool
    assert pool.ids() == {ticket(1).id}
    assert len(pool) == 1


def test_the_second_one_meets_the_first(pool):
    pool.offer(ticket(1), 0)

    pair = pool.offer(ticket(2), 1)

    assert (pair.first, pair.second) == (ticket(2), ticket(1))
    assert len(pool) == 0
    assert pool.next_look() is None


def test_whoever_withdrew_is_never_met(pool):
    pool.offer(ticket(1), 0)

    assert pool.withdraw(ticket(1).id)
    assert not pool.withdraw(ticket(1).id)
    assert pool.offer(ticket(2), 1) is None


def test_a_newer_request_of_the_same_id_replaces(pool):
    pool.offer(ticket(1), 0)
    pool.offer(ticket(1, mode=Mode.VIDEO), 0)

    assert len(pool) == 1
    assert pool.offer(ticket(2), 1) is None
    assert pool.offer(ticket(3, mode=Mode.VIDEO), 1) is not None


def test_common_interests_are_preferred(pool):
    for number, likes in enumerate((["tea"], ["go", "jazz"], ["go"]), 1):
        pool.keep(ticket(number, likes=likes, since=-9), 0)

    pair = pool.offer(ticket(4, likes=["jazz", "go"]), 0)

    assert pair.second.id == ticket(2).id


def test_a_common_language_is_preferred(pool):
    pool.keep(ticket(1, languages=("fr",), since=-9), 0)
    pool.keep(ticket(2, languages=("en",), since=-9), 0)

    assert pool.offer(ticket(3, languages=("en",)), 0).second.id == ticket(2).id


def test_among_equals_the_longest_waiting_comes_first(pool):
    for number, since in ((1, -3.0), (2, -5.0), (3, -4.0)):
        pool.keep(ticket(number, since=since), 0)

    assert pool.offer(ticket(4), 0).second.id == ticket(2).id


def test_waiting_outweighs_a_little_fit(pool):
    pool.keep(ticket(1, since=-20), 0)
    pool.keep(ticket(2, likes=["go"]), 0)

    assert pool.offer(ticket(3, likes=["go"], since=-9), 0).second.id == ticket(1).id


def test_no_waiting_outweighs_a_perfect_fit(pool):
    same = {"likes": ["go", "tea"], "languages": ("en",)}
    pool.keep(ticket(1, since=-1e6), 0)
    pool.keep(ticket(2, **same), 0)

    assert pool.offer(ticket(3, **same, since=-9), 0).second.id == ticket(2).id


def test_recent_partners_are_passed_over():
    met = {ticket(1).person, ticket(3).person}
    pool = Pool(policy=POLICY, recently_met=lambda one, other, now: {one, other} == met)
    pool.offer(ticket(1, since=-100), 0)
    assert pool.offer(ticket(3), 0) is None

    assert pool.offer(ticket(2), 0).second.id == ticket(1).id


def test_a_choosy_pair_waits_and_then_takes_each_other(pool):
    pool.offer(ticket(1, likes=["go"]), 0)
    assert pool.offer(ticket(2, likes=["tea"], since=1), 1) is None

    assert pool.look(3) == []
    (pair,) = pool.look(1 + POLICY.choosy_seconds)
    assert names(pair) == {ticket(1).id, ticket(2).id}
    assert pool.look(100) == []


def test_a_ticket_is_looked_at_on_schedule_and_for_ever(pool):
    pool.offer(ticket(1), 0)
    times = []
    for _ in range(10):
        times.append(pool.next_look())
        pool.look(times[-1])

    last = POLICY.looks_seconds[-1]
    assert tuple(times[:7]) == POLICY.looks_seconds
    assert times[7:] == [last + POLICY.look_again_seconds * n for n in (1, 2, 3)]


def test_nothing_is_looked_at_before_its_time(pool):
    pool.offer(ticket(1), 0)

    assert pool.look(POLICY.looks_seconds[0] - 0.01) == []
    assert pool.next_look() == POLICY.looks_seconds[0]


def test_a_kept_ticket_waits_for_its_look(pool):
    """After a failed claim the same pair must not be found at once."""
    pool.offer(ticket(1), 0)
    pool.keep(ticket(2), 0)

    assert len(pool) == 2
    assert len(pool.look(POLICY.looks_seconds[0])) == 1


def test_two_due_at_once_are_paired_once(pool):
    pool.keep(ticket(1), 0)
    pool.keep(ticket(2), 0)
    pool.keep(ticket(2), 0)

    assert len(pool.look(1)) == 1
    assert len(pool) == 0


def test_a_full_pool_is_searched_once_per_arrival(monkeypatch, pool):
    strict = {"strictness": Strictness.STRICT}
    for number in range(200):
        pool.keep(ticket(number, likes=[str(number)], **strict), 0)
    asked = Counter()
    monkeypatch.setattr(
        engine,
        "conflict",
        lambda *pair, **told: asked.update("x") or conflict(*pair, **told),
    )

    assert pool.offer(ticket(500, likes=["199"]), 0).second.id == ticket(199).id
    assert asked.total() == 200


@given(st.lists(any_ticket(), max_size=30), st.floats(0, 30))
def test_the_end_leaves_nobody_who_could_meet(tickets, until):
    """After everybody's last look, whoever still waits has no partner."""
    pool = Pool(policy=POLICY, recently_met=never_met)
    waiting = {}
    for number, one in enumerate(tickets):
        unique = ticket_with_id(one, number)
        pair = pool.offer(unique, one.since)
        waiting[unique.id] = unique
        for gone in names(pair) if pair else ():
            del waiting[gone]
    while (due := pool.next_look()) is not None and due < 60:
        for pair in pool.look(due):
            for gone in names(pair):
                del waiting[gone]

    assert {one for one in waiting if one in pool} == set(waiting)
    for a, b in combinations(waiting.values(), 2):
        assert conflict(a, b, recently_met=False, policy=POLICY)


def ticket_with_id(one, number):
    return replace(one, id=f"ticket-{number}")


class PoolMachine(RuleBasedStateMachine):
    """Anything may happen in any order; the promises hold."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self.count = 0
        self.offered = {}
        self.waiting = set()
        self.met = set()
        self.left = Counter()
        self.pool = Pool(policy=POLICY, recently_met=self.recently_met)

    def recently_met(self, one, other, _now):
        return frozenset((one, other)) in self.met

    def leave(self, pairs):
        for pair in pairs:
            both = frozenset((pair.first.person, pair.second.person))
            assert (
                conflict(
                    pair.first,
                    pair.second,
                    recently_met=both in self.met,
                    policy=POLICY,
                )
                is None
            )
            self.left.update(names(pair))
            assert names(pair) <= self.waiting
            self.waiting -= names(pair)
            self.met.add(both)

    @rule(one=any_ticket())
    def offer(self, one):
        self.count += 1
        arrival = ticket_with_id(one, self.count)
        self.offered[arrival.id] = arrival
        self.waiting.add(arrival.id)
        pair = self.pool.offer(arrival, self.now)
        self.leave([pair] if pair else [])

    @rule(place=st.integers(0, 50))
    def withdraw(self, place):
        ticket_id = f"ticket-{place}"
        assert self.pool.withdraw(ticket_id) is (ticket_id in self.waiting)
        self.waiting.discard(ticket_id)

    @rule(seconds=st.floats(0, 10))
    def look(self, seconds):
        self.now += seconds
        self.leave(self.pool.look(self.now))

    @invariant()
    def the_pool_holds_exactly_who_waits(self):
        assert len(self.pool) == len(self.waiting)
        assert all(ticket_id in self.pool for ticket_id in self.waiting)

    @invariant()
    def nobody_is_paired_twice(self):
        assert all(times == 1 for times in self.left.values())

    @invariant()
    def whoever_waits_will_be_looked_at(self):
        due = self.pool.next_look()
        assert (due is None) is (not self.waiting)
        assert due is None or due <= self.now + POLICY.look_again_seconds


TestPool = PoolMachine.TestCase
