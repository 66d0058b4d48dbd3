"""No key is remembered from another test."""

import pytest

from trust.selectors import opening_key_forget


@pytest.fixture(autouse=True)
def no_remembered_key():
    opening_key_forget()
    yield
    opening_key_forget()
