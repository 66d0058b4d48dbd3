from common.errors import ClientFaultError, DomainError, RateLimitedError


def test_an_error_keeps_its_sentence_and_its_fields():
    error = ClientFaultError("not a date", field="birth_date")

    assert (error.code, error.status) == ("invalid", 400)
    assert (error.detail, error.data) == ("not a date", {"field": "birth_date"})
    assert str(error) == "not a date"


def test_without_a_sentence_the_code_speaks():
    assert str(DomainError()) == "internal"


def test_a_rate_limit_says_when_to_come_back():
    error = RateLimitedError(retry_after_seconds=2.5)

    assert (error.code, error.status) == ("rate_limited", 429)
    assert error.retry_after_seconds == 2.5
    assert error.data == {"retry_after_seconds": 2.5}
