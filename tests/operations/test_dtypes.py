"""Every operation with every dtype: we accept what PyTorch computes on the CPU in evaluation.

The cases of an operation are drawn as for the contract; then their numbers become others, of all
inputs together, of each alone, and at random. What fails in training only is told by the rule
`TRAINING` of what we are stricter in.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from random import Random

import pytest
from support.operations.contract import NAMES, as_built, cases
from support.operations.in_torch import runs
from support.operations.operation_cases import Accepted, Case, Refused, judge, stricter

from archspec.sizes import Tensor

DTYPES = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "bool")
EACH = 8
"""How many accepted cases of an operation get other numbers."""


@pytest.mark.parametrize("name", NAMES)
def test_the_dtypes_that_we_accept_are_those_of_pytorch(name: str) -> None:
    random = Random(f"{name} dtypes")
    accepted = (case for case in cases(name, 50, "dtypes") if isinstance(judge(case), Accepted))
    found = (retyped for case in islice(accepted, EACH) for retyped in others(case, random))
    assert [(case, wrong) for case in found if (wrong := disagreement(case))] == []


def others(case: Case, random: Random) -> Iterator[Case]:
    """Give a case with other numbers, each combination once."""
    shapes = [tensor.shape for tensor in case.inputs]
    given = [tensor.dtype for tensor in case.inputs]
    named = [[dtype] * len(given) for dtype in DTYPES]
    named += [
        [dtype if place == changed else kept for place, kept in enumerate(given)]
        for changed in range(len(given))
        for dtype in DTYPES
    ]
    named += [[dtype if kept == "float32" else kept for kept in given] for dtype in DTYPES]
    named += [random.choices(DTYPES, k=len(given)) for _ in range(3)]
    for dtypes in dict.fromkeys(map(tuple, named)):
        yield replace(case, inputs=tuple(map(Tensor, shapes, dtypes)))


def disagreement(case: Case) -> tuple[str, ...]:
    """Tell in what we and PyTorch differ; nothing where a rule says why we refuse it."""
    said = judge(case)
    if isinstance(said, Refused):
        refused = stricter(case, said) is not None or not runs(case)
        return () if refused else (f"PyTorch runs what we refuse: {said}",)
    try:
        return as_built(case, said)
    except Exception as error:  # whatever PyTorch raises is a disagreement
        return (f"it does not run: {type(error).__name__}: {error}",)
