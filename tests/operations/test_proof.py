"""The proof of the operations: its figures add up, it runs, its answers hold without PyTorch."""

import json
import lzma
import os
import subprocess
import sys

from support.operations.contract import cases, examined
from support.operations.figures import Figures, away
from support.operations.named import operation
from support.paths import DATA, TESTS, TOP

from archspec.operations import builtin


def seen(name: str, number: int, seed: int) -> Figures:
    figures = Figures(name)
    for case in cases(name, number, seed):
        figures.count(examined(case))
    return figures


def test_figures_of_parts_add_up() -> None:
    parts = seen("softplus", 40, 1), seen("softplus", 60, 2)
    both = parts[0] + parts[1]
    assert both.cases == 100
    assert both.runs == parts[0].runs + parts[1].runs
    assert both.away["beta"] == parts[0].away["beta"] + parts[1].away["beta"]


def test_too_few_cases_that_are_accepted_or_away_from_a_default_are_told() -> None:
    figures = Figures("softplus", cases=1000, accepted=290, runs=299)
    figures.away.update({"beta": 100, "threshold": 99})
    assert figures.shortcomings() == [
        "PyTorch accepts 299 of 1000 cases, less than 30 %",
        "`threshold` is away from its default in 99 cases only",
    ]
    assert figures.least == ("threshold", 99)


def test_a_disagreement_is_told_with_its_case() -> None:
    (case, *_) = cases("relu", 1)
    figures = Figures("relu")
    figures.count(examined(case)._replace(wrong=("gives nothing",)))
    assert figures.differing == 1
    assert figures.shortcomings()[0].endswith("gives nothing")


def test_an_argument_is_away_from_its_default_by_its_value() -> None:
    assert away(operation("max_pool2d", kernel_size=2)) == ["kernel_size"]
    pool = operation("max_pool2d", kernel_size=2, padding=0, ceil_mode=True)
    assert away(pool) == ["kernel_size", "ceil_mode"]


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
    assert data.keys() == builtin(), "PYTHONPATH=tests:. python tools/prove.py --freeze"
    assert sum(map(len, data.values())) >= 20_000
    assert FILE.stat().st_size <= 1_000_000
