"""Accounts made as people make them: an address, and the code sent to it."""

import re
import time
from collections.abc import Callable

from tests.wire_client.rest import Visitor

MAIL_SECONDS = 5
CODE = re.compile(r"^([A-Z0-9]{3,4}-[A-Z0-9]{3,4})$", re.MULTILINE)


def mailed_code(email: str, log: Callable[[], str]) -> str:
    """Wait for the code that the console mail backend writes to the log."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        _, found, mail = log().rpartition(f"To: {email}")
        if found and (code := CODE.search(mail)):
            return code.group(1)
        time.sleep(0.05)
    raise TimeoutError(f"no mail to {email}")


async def sign_up(visitor: Visitor, email: str, *, log: Callable[[], str]) -> None:
    """Make an account and let it claim a visitor who came with a browser's cookies."""
    async with visitor.http() as http:
        await http.get("/account/signup/")
        csrf = {"csrfmiddlewaretoken": http.cookies["csrftoken"]}
        asked = await http.post("/account/signup/", data=csrf | {"email": email})
        code = mailed_code(email, log)
        csrf = {"csrfmiddlewaretoken": http.cookies["csrftoken"]}
        await http.post(asked.url, data=csrf | {"code": code})
        page = await http.get("/account/you/")
        assert page.url.path == "/account/you/", "the sign-up did not sign in"
        visitor.cookies = http.cookies
