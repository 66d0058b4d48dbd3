"""Which store of tickets a process gets."""

import pytest

from chat.socket_ticket_store_memory import MemorySocketTickets
from chat.socket_ticket_store_redis import RedisSocketTickets
from chat.socket_tickets import socket_tickets


@pytest.fixture(autouse=True)
def anew():
    socket_tickets.cache_clear()
    yield
    socket_tickets.cache_clear()


def test_one_process_keeps_tickets_in_memory():
    assert isinstance(socket_tickets(), MemorySocketTickets)
    assert socket_tickets() is socket_tickets()


def test_many_processes_keep_them_in_redis(redis_url):
    assert isinstance(socket_tickets(), RedisSocketTickets)
