"""The two commands: what they say when something is missing or misspelt."""

import os
import subprocess

import pytest

from tests.contract.source import ROOT


def run(*command, **environment):
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def not_root(tmp_path):
    """A PATH on which `id -u` answers as for an ordinary user."""
    fake = tmp_path / "id"
    fake.write_text("#!/bin/sh\necho 1000\n")
    fake.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def test_without_chromium_and_without_root_it_fails_with_one_line(not_root):
    failed = run("./test.sh", "e2e", PATH=not_root, CHROMIUM="/nowhere/chromium")

    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.splitlines() == [
        (
            "The end-to-end tests need Chromium: sudo apt-get install -y "
            "--no-install-recommends chromium fonts-noto-color-emoji"
        )
    ]


def test_without_a_usable_python_and_without_root_it_fails_with_one_line(tmp_path):
    for tool in ("sh", "id", "dirname", "cat", "sha256sum", "cut", "printf"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    (tmp_path / "id").unlink()
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    script = ". tools/setup.sh; python_makes_venvs() { false; }; ensure_venv x setup.sh"

    failed = run("sh", "-c", script, PATH=str(tmp_path))

    assert failed.returncode == 1
    assert failed.stderr.splitlines() == [
        (
            "StrangerSpace needs Python 3.11 or newer with venv: sudo apt-get install "
            "-y --no-install-recommends python3 python3-venv"
        )
    ]


@pytest.mark.parametrize("script", ["./run.sh", "./test.sh"])
def test_help_is_given(script):
    asked = run(script, "--help")

    assert asked.returncode == 0
    assert asked.stdout.startswith(f"Usage: {script}")


@pytest.mark.parametrize(
    "command",
    [
        ("./run.sh", "--prot", "8000"),
        ("./run.sh", "--port", "http"),
        ("./run.sh", "--port"),
        ("./test.sh", "units"),
        ("./test.sh", "check", "rough"),
    ],
)
def test_what_is_misspelt_does_nothing(command):
    refused = run(*command)

    assert refused.returncode != 0
    assert refused.stderr != ""
