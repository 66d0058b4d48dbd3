"""What identity refuses, one class a cause."""

from common.errors import ClientFaultError, PolicyRefusalError


class VisitorRequiredError(PolicyRefusalError):
    """Neither a visitor cookie nor a token came with the request."""

    code = "visitor_required"
    status = 401


class SessionInvalidError(PolicyRefusalError):
    """The token is unknown, expired or erased."""

    code = "session_invalid"
    status = 401


class CsrfFailedError(PolicyRefusalError):
    """A cookie call came without the token that only our pages can read."""

    code = "csrf_failed"


class BirthDateInvalidError(ClientFaultError):
    """Nobody alive was born on that date."""


class AgeFloorError(PolicyRefusalError):
    """The visitor is under the floor, or said so once."""

    code = "age_floor"


class AgeAlreadySetError(PolicyRefusalError):
    """An adult stated another date than the first time."""

    code = "age_already_set"
    status = 409
