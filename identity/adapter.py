"""What StrangerSpace asks of allauth beyond its settings."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext
from typing_extensions import override


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped here
    """Rate limits by the peer's own address; mail in the site's name."""

    @override
    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the peer's address, whatever forwarding headers say.

        Raises:
            PermissionDenied: the server program gave no address, so that no
                limit could be kept.

        """
        address: str = request.META.get("REMOTE_ADDR", "")
        if not address:
            raise PermissionDenied
        return address

    @override
    def format_email_subject(self, subject: str) -> str:
        """Name the site, not the host the request happened to use."""
        return gettext("StrangerSpace: %(subject)s") % {"subject": subject}
