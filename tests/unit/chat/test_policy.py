"""The bounds are those of the protocol, and fit one another."""

from chat.domain.policy import CONVERSATION, LEASE, RECORD, SOCKET, TICKET


def test_the_limits_of_messages_are_the_protocols():
    limits = CONVERSATION

    assert limits.unacknowledged == 32
    assert (limits.fresh.capacity, limits.fresh.per_second) == (8, 2)
    assert (limits.repeats.capacity, limits.repeats.per_second) == (64, 32)
    assert limits.sealed_bytes == {144, 272, 528, 1040, 2064, 4624}


def test_the_deadlines_are_the_protocols():
    assert CONVERSATION.handshake_seconds == 5
    assert CONVERSATION.proposal_seconds == 30
    assert CONVERSATION.life_seconds == 12 * 3600
    assert CONVERSATION.resume_window_seconds == 60
    assert SOCKET.again_seconds == 10
    assert TICKET.life_seconds == 30


def test_the_bounds_of_a_socket_are_the_protocols():
    assert SOCKET.frame_bytes == 65_536
    assert SOCKET.unsent_bytes == 262_144
    assert (SOCKET.bad_frames, SOCKET.bad_frame_seconds) == (20, 60)
    assert SOCKET.sockets == 2


def test_only_a_flood_meets_the_limit_on_frames():
    """All that the other rules let through in a second, at once, still fits."""
    rules = (
        CONVERSATION.fresh,
        CONVERSATION.repeats,
        CONVERSATION.typing,
        CONVERSATION.signals,
        SOCKET.joins,
    )

    assert SOCKET.frames.capacity > sum(rule.capacity for rule in rules)
    assert SOCKET.frames.per_second > sum(rule.per_second for rule in rules)


def test_a_days_joins_fit_the_slots_of_a_socket():
    assert SOCKET.joins.capacity + SOCKET.joins.per_second * 86_400 < 1 << 16


def test_a_store_is_young_until_whoever_lives_has_renewed():
    assert RECORD.young_seconds >= LEASE.lease_seconds


def test_an_end_is_remembered_for_as_long_as_a_window():
    assert RECORD.ended_seconds >= CONVERSATION.resume_window_seconds


def test_two_renewals_may_fail_before_a_lease_runs_out():
    assert 2 * LEASE.renew_seconds < LEASE.lease_seconds


def test_a_record_outlives_its_conversation_and_the_window_after_it():
    assert RECORD.running_seconds >= CONVERSATION.life_seconds + RECORD.ended_seconds
