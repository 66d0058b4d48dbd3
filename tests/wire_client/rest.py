"""The few REST calls on the way to a socket, as an app or as a browser makes them."""

from dataclasses import dataclass, field
from typing import Any

import httpx

ADULT_BIRTH_DATE = "1990-05-04"


class ProblemError(Exception):
    """The server refused; `code` is the stable word of its problem+json."""

    def __init__(self, response: httpx.Response) -> None:
        """Keep status and code."""
        self.status = response.status_code
        kind = response.headers.get("content-type", "")
        self.problem: dict[str, Any] = response.json() if "json" in kind else {}
        self.code = self.problem.get("code")
        super().__init__(f"{self.status} {self.code}: {response.text[:200]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A one-use credential for one socket."""

    value: str
    url: str
    expires_in_seconds: int


@dataclass(slots=True)
class Visitor:
    """A person here: an app's token, or a browser's cookies with their CSRF token.

    Args:
        server: where the site answers, such as `http://127.0.0.1:8000`.

    """

    server: str
    token: str | None = None
    about: dict[str, Any] = field(default_factory=dict)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    @classmethod
    async def begin(cls, server: str) -> "Visitor":
        """Make a visitor as an app does."""
        visitor = cls(server)
        made = await visitor.call("POST", "visitors")
        visitor.token, visitor.about = made["token"], made["visitor"]
        return visitor

    @classmethod
    async def browse(cls, server: str) -> "Visitor":
        """Make a visitor as a browser does: by opening the first page."""
        visitor = cls(server)
        async with visitor.http() as http:
            (await http.get("/age/?mode=text")).raise_for_status()
            visitor.cookies = http.cookies
        return visitor

    def http(self) -> httpx.AsyncClient:
        """Open an HTTP client with this visitor's credentials."""
        headers = {"Origin": self.server, "Referer": f"{self.server}/"}
        if self.token:
            headers = {"X-Session-Token": self.token}
        elif csrf := self.cookies.get("csrftoken"):
            headers["X-CSRFToken"] = csrf
        return httpx.AsyncClient(
            base_url=self.server,
            headers=headers,
            cookies=self.cookies,
            trust_env=False,
            follow_redirects=True,
            timeout=20,
        )

    async def call(self, verb: str, path: str, body: object = None) -> dict[str, Any]:
        """Call `/api/v1/{path}`; refusals raise `ProblemError`."""
        async with self.http() as http:
            response = await http.request(verb, f"/api/v1/{path}", json=body)
        if response.is_error:
            raise ProblemError(response)
        return response.json() if response.content else {}

    async def state_age(self, birth_date: str = ADULT_BIRTH_DATE) -> list[str]:
        """State an age; returns the modes that it opens."""
        said = await self.call("POST", "visitors/me/age", {"birth_date": birth_date})
        return list(said["modes"])

    async def ticket(self, *, resume_token: str | None = None) -> Ticket:
        """Get a ticket for one socket, perhaps for one that goes on."""
        body = {} if resume_token is None else {"resume_token": resume_token}
        got = await self.call("POST", "realtime/tickets", body)
        seconds = got["expires_in_seconds"]
        return Ticket(value=got["ticket"], url=got["url"], expires_in_seconds=seconds)


async def status(server: str) -> dict[str, Any]:
    """Read the public numbers of a server."""
    return await Visitor(server).call("GET", "status")
