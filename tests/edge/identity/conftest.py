"""Ana, a moderator, and what they hold in their hands."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.edge.identity.people import App, account_of


@pytest.fixture
def app(db):
    """Ana's phone."""
    return App(App().call("POST", "visitors").json()["token"])


@pytest.fixture
def browser(db):
    """Ana's browser, whose server checks CSRF as a real one does."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def ana(db):
    return account_of("ana@example.org")


@pytest.fixture
def moderator(db):
    return account_of("mo@example.org", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def fresh_rate_limits():
    """allauth counts attempts in the cache; no test counts for another."""
    cache.clear()
