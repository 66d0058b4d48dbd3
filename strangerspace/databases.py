"""Where the tables lie: SQLite in the data folder, or PostgreSQL by its address."""

from pathlib import Path
from typing import Any

from environ import Env

POSTGRESQL_ENGINE = "django.db.backends.postgresql"
POOL = {
    # A request has one thread and at most one connection. Twenty at once keep a
    # core busy, and four such processes stay below PostgreSQL's default of 100.
    "min_size": 0,
    "max_size": 20,
    # Seconds. Who gets no connection in time is answered 503, and so is everyone
    # soon after PostgreSQL has gone.
    "timeout": 2,
    # Seconds. The next request tries anew; a longer back-off would outlast the
    # restart that it waits for.
    "reconnect_timeout": 1,
}


def database(url: str, *, sqlite: Path) -> dict[str, Any]:
    """Return what Django's `DATABASES` says of our one database.

    Args:
        url: `postgres://user:password@host:port/name?option=value`, or empty.
        sqlite: the file that is used without a URL.

    Raises:
        SystemExit: the URL names another kind of database.

    """
    return _postgresql(url) if url else _sqlite(sqlite)


def _sqlite(path: Path) -> dict[str, Any]:
    # WAL and IMMEDIATE: with SQLite's defaults eight writing threads fail two
    # times in three with "database is locked"; with these, never (ADR 0003).
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    named: dict[str, Any] = Env.db_url_config(url)
    if named.get("ENGINE") != POSTGRESQL_ENGINE:
        raise SystemExit("DATABASE_URL must name a PostgreSQL: postgres://…")
    bounds = {
        "connect_timeout": 2,  # seconds
        "tcp_user_timeout": 5_000,  # ms until a network that is gone is an error
    }
    return {
        **named,
        "CONN_MAX_AGE": 0,  # back into the pool after each request
        "CONN_HEALTH_CHECKS": True,  # the pool may hold what a restart has cut
        "OPTIONS": {**bounds, **named.get("OPTIONS", {}), "pool": POOL},
    }
