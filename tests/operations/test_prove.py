"""The proof at large, made small: it runs in processes, and prints its table."""

import os
import subprocess
import sys

from support.paths import TESTS, TOP

TOOL = TOP / "tools" / "prove.py"


def test_a_small_proof_prints_what_was_seen() -> None:
    options = ["--cases", "1000", "--only", "relu", "--processes", "1"]
    done = subprocess.run(
        [sys.executable, TOOL, *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TOP)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines() if line.split()[:1] == ["relu"]]
    assert [row[:2] for row in rows] == [["relu", "1,000"]]
