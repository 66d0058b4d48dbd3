"""The ASGI application: Django for HTTP, one consumer for the socket."""

import os
from pathlib import Path
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strangerspace.settings")
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  apps must be loaded first
from django.conf import settings  # noqa: E402  as above
from uvicorn.middleware.proxy_headers import (  # noqa: E402  as above
    ProxyHeadersMiddleware,
)

from strangerspace import process_lock  # noqa: E402  as above
from strangerspace.ws_urls import websocket_urlpatterns  # noqa: E402  as above

# Whatever server program loads this: with memory stores, one process a folder.
try:
    process_lock.take(Path(settings.DATA_DIR), shared=bool(settings.REDIS_URL))
except process_lock.AlreadyRunningError as error:
    raise SystemExit(str(error)) from error

application: Any = ProtocolTypeRouter(
    {"http": django_application, "websocket": URLRouter(websocket_urlpatterns)}
)
if settings.TRUSTED_PROXIES:
    application = ProxyHeadersMiddleware(
        application, trusted_hosts=settings.TRUSTED_PROXIES
    )
