"""How OpenAPI describes the two ways to call."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from typing_extensions import override

from identity.authentication import TOKEN_HEADER
from identity.cookie import COOKIE_NAME


class VisitorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped there
    """Token for apps, cookie for browsers; either will do."""

    target_class = "identity.authentication.VisitorAuthentication"
    name = ["visitorToken", "visitorCookie"]

    @override
    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Ask for one of them (a list is alternatives, a mapping is all of it)."""
        return [{name: []} for name in self.name]

    @override
    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "apiKey", "in": "header", "name": TOKEN_HEADER},
            {"type": "apiKey", "in": "cookie", "name": COOKIE_NAME},
        ]
