"""What `deploy/` says fits the code and itself; nothing here needs Docker."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from strangerspace.stopping import LONGEST_SECONDS
from tests.contract.source import APPS, ROOT
from tests.contract.test_docs import _settings_of_the_example

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
WEB = {name for name, one in OURS.items() if "web" in one["command"]}
CADDYFILE = (DEPLOY / "Caddyfile").read_text()
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
NOT_SETTINGS = {"SITE_ADDRESS", "POSTGRES_PASSWORD"}
"""What only compose.yaml reads."""
SECRETS = ("SECRET_KEY", "FRANKING_MASTER_KEY", "POSTGRES_PASSWORD")


@pytest.fixture
def env_file(tmp_path):
    """A fresh `.env`, and a way to run the script that wrote it again."""
    script = tmp_path / "make_env.sh"
    script.write_text((DEPLOY / "make_env.sh").read_text())
    script.chmod(0o755)

    def make(*arguments):
        return subprocess.run(
            [script, *arguments], capture_output=True, text=True, check=False
        )

    made = make("chat.example.org")
    assert made.returncode == 0, made.stderr
    return tmp_path / ".env", make


def written(path):
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", path.read_text(), re.MULTILINE))


def seconds(text):
    assert re.fullmatch(r"\d+s", text), text
    return int(text[:-1])


# --- compose.yaml ------------------------------------------------------------------


def test_the_topology_is_whole():
    assert set(SERVICES) == {
        *("web-1", "web-2", "matcher-1", "matcher-2", "worker", "beat", "migrate"),
        *("redis", "postgres", "caddy"),
    }


def test_every_variable_of_our_programs_is_a_setting():
    named = {variable for one in OURS.values() for variable in one["environment"]}

    assert named <= set(_settings_of_the_example())


def test_every_variable_that_is_filled_in_is_written_or_has_a_default(env_file):
    text = (DEPLOY / "compose.yaml").read_text()
    required = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)(?!:-)\b[^}]*\}", text))
    optional = set(re.findall(r"\$\{([A-Z_]+):-", text))

    assert required - optional <= set(written(env_file[0]))


@pytest.mark.parametrize(
    "command", {tuple(one["command"]): one["command"] for one in OURS.values()}.values()
)
def test_every_command_exists(command, tmp_path):
    if command[:2] == ["sh", "-c"]:
        command = command[2].partition(" && ")[0].split()
    program = {
        "python": [sys.executable],
        "celery": [sys.executable, "-m", "celery"],
    }[command[0]]
    environment = {"DATA_DIR": str(tmp_path), "ENV_FILE": os.devnull}
    helped = subprocess.run(
        [*program, *command[1:], "--help"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert helped.returncode == 0, helped.stderr
    assert "usage" in helped.stdout.lower()


@pytest.mark.parametrize("name", sorted(WEB))
def test_a_web_worker_has_time_to_drain(name):
    assert seconds(OURS[name]["stop_grace_period"]) > LONGEST_SECONDS


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_everything_that_listens_is_asked_whether_it_is_well(name):
    quiet = name in {"matcher-1", "matcher-2", "beat", "migrate"}
    check = SERVICES[name].get("healthcheck", {})

    assert bool(check.get("disable")) == quiet
    # A web worker is asked as its image says.
    assert quiet or "test" in check or (name in WEB and "HEALTHCHECK" in DOCKERFILE)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_everything_that_stays_is_started_again_and_bounded(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert set(SERVICES[name]["deploy"]["resources"]) == {"limits", "reservations"}


def test_only_caddy_can_be_reached_from_outside():
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["caddy"]


def test_only_caddy_may_say_who_calls():
    address = SERVICES["caddy"]["networks"]["inside"]["ipv4_address"]

    assert {one["environment"]["TRUSTED_PROXIES"] for one in OURS.values()} == {address}


def test_redis_forgets_nothing_while_it_runs_and_keeps_nothing():
    command = " ".join(SERVICES["redis"]["command"])

    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly no" in command
    assert "volumes" not in SERVICES["redis"]


def test_images_are_named_without_a_host():
    named = [one["image"] for one in SERVICES.values()]
    named += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert [name for name in named if "/" in name] == []


# --- Dockerfile and Caddyfile --------------------------------------------------------


def test_the_image_holds_every_package_and_no_secret():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    inside = {line[1:] for line in lines if line.startswith("!")}

    assert "*" in lines
    assert inside >= {"manage.py", "strangerspace", "common", *APPS}
    assert inside >= {"static", "templates", "requirements.txt", "deploy/answers.py"}
    assert [name for name in inside if not (ROOT / name).exists()] == []


def test_the_image_runs_as_nobody_special():
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert users == ["site"]


def test_caddy_knows_every_web_worker_and_asks_what_exists():
    health = (ROOT / "strangerspace/health.py").read_text()
    asked = re.search(r"health_uri /healthz/(\w+)", CADDYFILE)
    workers = re.search(r"\{\$WEB:([^}]*)\}", CADDYFILE)

    assert asked
    assert f'path("{asked[1]}"' in health
    assert workers
    assert set(workers[1].split()) == {f"{name}:8000" for name in WEB}


# --- make_env.sh -------------------------------------------------------------------


def test_what_it_writes_are_settings_and_fresh_secrets(env_file):
    path, make = env_file
    first = written(path)
    path.unlink()
    make("chat.example.org")
    second = written(path)

    assert set(first) <= set(_settings_of_the_example()) | NOT_SETTINGS
    assert first["SITE_ADDRESS"] == "chat.example.org"
    drawn = {values[name] for values in (first, second) for name in SECRETS}
    assert len(drawn) == 2 * len(SECRETS)
    assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in drawn)


def test_only_its_owner_may_read_it(env_file):
    assert env_file[0].stat().st_mode & 0o777 == 0o600


def test_it_never_overwrites(env_file):
    path, make = env_file
    before = path.read_text()
    again = make("other.example.org")

    assert again.returncode == 1
    assert again.stderr.startswith("deploy/.env is there already")
    assert path.read_text() == before


@pytest.mark.parametrize("address", ["", "--all", "two words", "a;b", "http://a/b"])
def test_it_takes_nothing_but_a_name(env_file, address):
    path, make = env_file
    path.unlink()

    assert make(address).returncode == 2
    assert not path.exists()


def test_it_is_kept_out_of_the_repository():
    ignored = (ROOT / ".gitignore").read_text().splitlines()

    assert "/deploy/.env" in ignored
