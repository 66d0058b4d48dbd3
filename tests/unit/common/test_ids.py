from common.ids import (
    new_account_id,
    new_conversation_id,
    new_ticket_id,
    new_visitor_id,
    new_worker_id,
    random_bytes,
)

DRAWS = (
    new_visitor_id,
    new_account_id,
    new_ticket_id,
    new_conversation_id,
    new_worker_id,
)


def test_ids_are_fresh_each_time():
    for draw in DRAWS:
        assert len({draw() for _ in range(50)}) == 50


def test_ids_have_their_size():
    assert len(new_conversation_id()) == 16
    assert len(new_ticket_id()) == 24
    assert len(new_worker_id()) == 16
    assert len(random_bytes(48)) == 48
