import subprocess
import sys

from common.worker import worker_id

ASK = "from common.worker import worker_id; print(worker_id())"


def test_a_process_has_one_name():
    assert worker_id() == worker_id()
    assert len(worker_id()) == 16


def test_another_process_has_another_name():
    asked = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True
    )

    assert len(asked.stdout.strip()) == 16
    assert asked.stdout.strip() != worker_id()
