"""Settings as a fresh process reads them."""

import ast
import json
import subprocess
import sys

import pytest

from tests.support.server import ROOT

READ = (
    "import json; from strangerspace import settings as s;"
    "print(json.dumps({n: repr(getattr(s, n)) for n in dir(s) if n.isupper()}))"
)


SECRETS = {"SECRET_KEY": "s" * 50, "FRANKING_MASTER_KEY": "f" * 50}
REDIS = "redis://127.0.0.1:6379/0"
POSTGRES = "postgres://user:pass@db.example:5433/site?sslmode=require"


def settings_with(data_dir, **environment):
    read = subprocess.run(
        [sys.executable, "-W", "error", "-c", READ],
        cwd=ROOT,
        env={"DATA_DIR": str(data_dir), "ENV_FILE": "/dev/null", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if read.returncode:
        raise RefusedError(read.stderr)
    return json.loads(read.stdout)


class RefusedError(Exception):
    """What the process said before it ended."""


def test_the_example_gives_the_defaults(tmp_path):
    plain = settings_with(tmp_path)
    example = settings_with(tmp_path, ENV_FILE=str(ROOT / ".env.example"))

    assert plain.pop("ENV_FILE") != example.pop("ENV_FILE")
    assert example == plain


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "env").write_text("AGE_FLOOR_YEARS=20\nDEMO=true\n")

    read = settings_with(tmp_path, ENV_FILE=str(tmp_path / "env"), AGE_FLOOR_YEARS="21")

    assert (read["AGE_FLOOR_YEARS"], read["DEMO"]) == ("21", "True")


def test_secrets_are_made_once(tmp_path):
    first = settings_with(tmp_path)

    assert first["SECRET_KEY"] == settings_with(tmp_path)["SECRET_KEY"]
    assert first["SECRET_KEY"] != first["FRANKING_MASTER_KEY"]


@pytest.mark.parametrize(
    ("https", "expected"), [("false", ("False", "0")), ("true", ("True", "31536000"))]
)
def test_https_only_means_secure_cookies_and_hsts(tmp_path, https, expected):
    read = settings_with(tmp_path, HTTPS_ONLY=https)

    assert (read["SESSION_COOKIE_SECURE"], read["SECURE_HSTS_SECONDS"]) == expected


def test_redis_is_used_with_a_reader_that_may_wait(tmp_path):
    """redis-py 8 gives up after 5 s by default, and an idle socket with it."""
    read = settings_with(tmp_path, REDIS_URL=REDIS, **SECRETS)

    assert "RedisPubSubChannelLayer" in read["CHANNEL_LAYERS"]
    assert "'socket_timeout': None" in read["CHANNEL_LAYERS"]
    assert read["CELERY_BROKER_URL"] == f"'{REDIS}'"


def test_what_is_counted_for_everyone_is_counted_in_redis(tmp_path):
    alone = settings_with(tmp_path)["CACHES"]
    shared = settings_with(tmp_path, REDIS_URL=REDIS, **SECRETS)["CACHES"]

    assert "LocMemCache" in alone
    assert "RedisCache" in shared
    assert REDIS in shared


def test_sqlite_is_set_for_many_threads(tmp_path):
    database = settings_with(tmp_path)["DATABASES"]

    assert "'transaction_mode': 'IMMEDIATE'" in database
    assert "journal_mode=WAL" in database


def test_postgresql_is_used_through_a_bounded_pool(tmp_path):
    database = settings_with(tmp_path, DATABASE_URL=POSTGRES, **SECRETS)["DATABASES"]
    default = ast.literal_eval(database)["default"]

    assert default["ENGINE"] == "django.db.backends.postgresql"
    assert (default["HOST"], default["PORT"]) == ("db.example", 5433)
    assert default["OPTIONS"]["sslmode"] == "require"
    assert default["OPTIONS"]["pool"]["max_size"] == 20
    assert (default["CONN_MAX_AGE"], default["CONN_HEALTH_CHECKS"]) == (0, True)


def test_no_other_database_is_taken(tmp_path):
    with pytest.raises(RefusedError, match=r"^DATABASE_URL must name"):
        settings_with(tmp_path, DATABASE_URL="mysql://u:p@localhost/site", **SECRETS)


@pytest.mark.parametrize("missing", SECRETS)
@pytest.mark.parametrize("url", [{"REDIS_URL": REDIS}, {"DATABASE_URL": POSTGRES}])
def test_processes_that_share_a_site_share_its_secrets(tmp_path, url, missing):
    given = {name: value for name, value in SECRETS.items() if name != missing}
    with pytest.raises(RefusedError, match=f"^{missing} must be set: .*\n$"):
        settings_with(tmp_path, **url, **given)

    assert not (tmp_path / missing.lower()).exists()
