"""PyTorch's own samples go through our rules: what it gives we give, what it refuses we refuse."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from support.operations.operation_cases import Accepted, judge, stricter
from support.operations.pytorch_samples import Sample, Unsaid, functions, modules

EXPLAINED = {
    "missing": "the language leaves it without a default",
    "window_length": "a list of one number, or of none, stands for no window of several",
    "hardtanh out_of_range": "the function takes what the module refuses",
    "embedding accepted": "the values of indices are seen when it runs",
    "gather accepted": "the values of indices are seen when it runs",
    "index_select accepted": "the values of indices are seen when it runs",
    "scatter accepted": "the values of indices are seen when it runs",
    "maximum accepted": "a number may be the other operand",
    "minimum accepted": "a number may be the other operand",
    "amax accepted": "PyTorch counts 64 dimensions at most",
    "amin accepted": "PyTorch counts 64 dimensions at most",
}
"""By the operation and what we say, or by that alone: why we say another thing than PyTorch."""


def verdict(sample: Sample) -> str:
    """Compare a sample with what we say of it."""
    said, name = judge(sample.case), sample.case.cls.op()
    if isinstance(said, Accepted) and any(
        _listed(said.inferred.get(key)) != _listed(value) for key, value in sample.told.items()
    ):
        return "unsaid"  # what we infer is another size than it was told: the last one only
    if isinstance(said, Accepted):
        same = said.outputs == sample.outputs
        return "same" if same else _explained(f"{name} accepted", sample)
    if sample.outputs is None:
        return "refused by both"
    if stricter(sample.case, said) is not None:
        return "stricter"
    exact = f"{name} {said.reason}"
    return _explained(exact if exact in EXPLAINED else said.reason, sample)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _explained(what: str, sample: Sample) -> str:
    return what if what in EXPLAINED else f"unexplained, {what}: {sample}"


@pytest.mark.parametrize(
    ("samples", "least"), [(modules, 200), (functions, 4000)], ids=["modules", "functions"]
)
def test_samples_of_pytorch_agree(
    samples: Callable[[], Iterator[Sample | Unsaid]], least: int
) -> None:
    verdicts = Counter(
        "unsaid" if isinstance(sample, Unsaid) else verdict(sample) for sample in samples()
    )
    print(verdicts)
    assert [text for text in verdicts if text.startswith("unexplained")] == []
    assert verdicts["same"] + verdicts["refused by both"] + verdicts["stricter"] >= least
    assert sum(verdicts[text] for text in EXPLAINED) <= 40
