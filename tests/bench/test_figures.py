"""Medians, ratios and verdicts of a run."""

from bench.figures import medians, promises, wrong

COUNTS = dict.fromkeys(
    (
        "sent",
        "resent",
        "receipts",
        "acks",
        "held",
        "doubled",
        "gaps",
        "misdirected",
        "corrupt",
        "refused",
        "errors",
        "closes",
        "lost",
    ),
    0,
)


def rate(case, per_second, us, *, sockets=10, carried=True, p99=1.0, **counts):
    return {
        "kind": "rate",
        "case": case,
        "sockets": sockets,
        "rate": per_second,
        "server_us": us,
        "redis_us": 0.0,
        "carried": carried,
        "p99": p99,
        "delivered": 100,
        "codes": {},
        **COUNTS,
        **counts,
    }


def setup(case, kb, opened):
    return {
        "kind": "setup",
        "case": case,
        "sockets": 10,
        "kb_per_socket": kb,
        "sockets_per_second": opened,
    }


def verdicts(*rows):
    return {one.words: one for one in promises(medians(rows), large=10)}


def test_rounds_become_a_median_and_counters_a_sum():
    rows = [rate("ours", 5, us, lost=1) for us in (1.0, 9.0, 2.0)]
    rows[1]["carried"] = False

    folded = medians(rows).rate("ours", 10, 5)

    assert folded is not None
    assert (folded["server_us"], folded["lost"], folded["delivered"]) == (2.0, 3, 300)
    assert folded["carried"] is False


def test_everything_that_must_not_happen_is_counted():
    assert wrong(rate("ours", 5, 1.0)) == 0
    assert wrong(rate("ours", 5, 1.0, lost=1, doubled=2, closes=4)) == 7


def test_servers_are_compared_at_the_highest_rate_that_both_carried():
    found = verdicts(
        rate("ours", 5, 30.0),
        rate("socketio", 5, 40.0),
        rate("ours", 10, 90.0),
        rate("socketio", 10, 10.0, carried=False),
    )["CPU per message, ours : socketio"]

    assert found.kept is True
    assert found.measured.startswith("0.75 (30 : 40 µs at 5/s)")


def test_a_ratio_above_the_target_is_missed():
    found = verdicts(rate("ours-2", 5, 80.0), rate("socketio-2", 5, 100.0))

    assert found["CPU per message, ours-2 : socketio-2"].kept is False


def test_a_ratio_under_overload_settles_nothing():
    found = verdicts(
        rate("ours", 5, 30.0, carried=False), rate("socketio", 5, 90.0, carried=False)
    )["CPU per message, ours : socketio"]

    assert found.kept is None
    assert found.measured.startswith("0.33")


def test_what_was_not_measured_is_said_to_be_so():
    found = verdicts(rate("ours", 5, 80.0))

    assert found["CPU per message, ours : socketio"].kept is None
    assert found["CPU per message, stock : ours"].kept is None


def test_stock_is_compared_at_the_best_of_each_and_at_one_rate():
    found = verdicts(
        rate("stock", 1, 900.0, sockets=4),
        rate("ours", 1, 90.0, sockets=4),
        rate("ours", 10, 30.0),
    )["CPU per message, stock : ours"]

    assert found.kept is True
    assert found.measured.startswith("30 (")
    assert "10 at 1/s for both" in found.measured


def test_a_lost_message_or_a_slow_one_breaks_the_promise_of_scale():
    def kept(**how):
        return verdicts(rate("ours", 5, 1.0, **how))[
            "ours, 10 sockets, 5 messages/s"
        ].kept

    assert kept() is True
    assert kept(p99=25.0) is False
    assert kept(lost=1) is False


def test_memory_and_pace_of_opening_are_promised_too():
    found = verdicts(setup("ours", 41.0, 1200.0))

    assert found["ours, memory a socket"].kept is False
    assert found["ours, sockets a second, tickets issued before"].kept is True
