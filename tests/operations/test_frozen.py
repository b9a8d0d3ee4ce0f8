"""The rules of operations against PyTorch's answers of another day, without PyTorch."""

import json
import lzma
import os
import subprocess
import sys

from support.paths import DATA, TESTS, TOP

FILE = DATA / "operations" / "frozen.json.xz"
CODE = """
import sys
from support.operations.frozen import differing
for text in differing():
    print(text)
assert "torch" not in sys.modules
"""


def test_the_rules_give_the_answers_of_pytorch_without_it() -> None:
    path = os.pathsep.join([str(TESTS), str(TOP)])
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_at_least_20_000_answers_are_frozen_in_a_small_file() -> None:
    data = json.loads(lzma.decompress(FILE.read_bytes()))
    assert sum(map(len, data.values())) >= 20_000
    assert FILE.stat().st_size <= 1_000_000
