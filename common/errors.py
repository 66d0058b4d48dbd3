"""One tree of errors, each with a stable code; a transport is chosen elsewhere.

`common.api` turns them into problem+json, `chat.protocol` into `error` frames.
Blame is in the type: the caller's mistake, or a rule that says no.
"""

from typing import ClassVar


class DomainError(Exception):
    """Something was refused; `code` is the stable word a client acts on."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, detail: str = "", **data: object) -> None:
        """Keep a sentence for people and typed fields for machines."""
        super().__init__(detail or self.code)
        self.detail = detail
        self.data = data


class ClientFaultError(DomainError):
    """The request itself was wrong: sending it again will fail again."""

    code = "invalid"
    status = 400


class PolicyRefusalError(DomainError):
    """The request was well formed and a rule refused it."""

    code = "not_allowed"
    status = 403


class UnavailableError(DomainError):
    """Something that the site is made of does not answer; soon it will again."""

    code = "unavailable"
    status = 503


class RateLimitedError(PolicyRefusalError):
    """Too many of these for now; `retry_after_seconds` says when to try again."""

    code = "rate_limited"
    status = 429

    def __init__(self, detail: str = "", *, retry_after_seconds: float) -> None:
        """Keep the seconds until a token is there again."""
        super().__init__(detail, retry_after_seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds
