"""Says, by its exit status, whether the web worker in this container answers."""  # noqa: INP001  a script

import http.client
import sys

PORT = 8000
SECONDS = 2.5


def main() -> int:
    """Ask for /healthz/live; anything but an answer of the site is a failure."""
    try:
        connection = http.client.HTTPConnection("localhost", PORT, timeout=SECONDS)
        connection.request("GET", "/healthz/live")
        return int(connection.getresponse().status != http.HTTPStatus.OK)
    except (OSError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
