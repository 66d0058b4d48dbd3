"""Is this page ours?"""

import pytest

from chat.origin import origin_ours


def handshake(origin, host="example.org"):
    headers = [(b"host", host.encode())]
    return headers + ([(b"origin", origin.encode())] if origin is not None else [])


@pytest.fixture(autouse=True)
def our_host(settings):
    settings.ALLOWED_HOSTS = ["example.org", "localhost", "[::1]"]
    settings.CSRF_TRUSTED_ORIGINS = []


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://example.org", "example.org"),
        ("http://example.org", "example.org"),
        ("http://localhost:8000", "localhost:8000"),
        ("HTTPS://Example.ORG", "EXAMPLE.org"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_a_page_of_the_same_host_is_ours(origin, host):
    assert origin_ours(handshake(origin, host))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "example.org"),
        ("", "example.org"),
        ("null", "example.org"),
        ("https://evil.example", "example.org"),
        ("https://example.org.evil.example", "example.org"),
        ("https://evil.example#example.org", "example.org"),
        ("https://sub.example.org", "example.org"),
        ("https://example.org:8443", "example.org"),
        ("ftp://example.org", "example.org"),
        ("example.org", "example.org"),
        ("http://localhost:8000", "localhost:8001"),
        ("http://evil.example", "evil.example"),
    ],
)
def test_any_other_page_is_not(origin, host):
    assert not origin_ours(handshake(origin, host))


def test_a_header_that_comes_twice_is_nobodys():
    twice = [*handshake("https://example.org"), (b"origin", b"https://example.org")]

    assert not origin_ours(twice)
    assert not origin_ours([(b"origin", b"https://example.org")])


def test_an_operator_may_trust_another_origin(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example"]

    assert origin_ours(handshake("https://chat.example"))


def test_with_https_alone_a_plain_page_is_not_ours(settings):
    settings.HTTPS_ONLY = True

    assert origin_ours(handshake("https://example.org"))
    assert not origin_ours(handshake("http://example.org"))
