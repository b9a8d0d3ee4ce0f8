"""The samples of PyTorch and the tests of ONNX go through our rules.

What PyTorch gives we give, and what it refuses we refuse; ONNX tests its operators, whose results
our rules give for the arguments that PyTorch has for the same.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import torch
from support.operations.onnx_cases import READ, NodeTest, translations
from support.operations.operation_cases import Accepted, judge, stricter
from support.operations.pytorch_samples import Sample, functions, modules
from support.operations.without_weights import Unsaid

from archspec.operations import FunctionOperation

# --- PyTorch's own samples ------------------------------------------------------------------


DIFFERENT_IN_SAMPLES = {
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
    return _explained(exact if exact in DIFFERENT_IN_SAMPLES else said.reason, sample)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _explained(what: str, sample: Sample) -> str:
    return what if what in DIFFERENT_IN_SAMPLES else f"unexplained, {what}: {sample}"


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
    assert sum(verdicts[text] for text in DIFFERENT_IN_SAMPLES) <= 40


# --- ONNX's tests of its operators ----------------------------------------------------------


PADDED = "PyTorch refuses a padding of more than half of the window"

DIFFERENT_IN_ONNX = {
    "test_averagepool_2d_pads": PADDED,
    "test_averagepool_2d_pads_count_include_pad": PADDED,
    "test_maxpool_2d_pads": PADDED,
}
"""By the name of a test: why PyTorch, and we, give another shape."""


@pytest.fixture(scope="module")
def translated() -> list[NodeTest]:
    return list(translations())


def test_onnx_gives_the_shapes_that_we_give(translated: list[NodeTest]) -> None:
    counted = Counter[str]()
    for each in translated:
        if each.case is None:
            counted[each.unsaid] += 1
            continue
        said = judge(each.case)
        given = said.outputs[0].shape if isinstance(said, Accepted) else said
        assert given == each.output or each.name in DIFFERENT_IN_ONNX, (each, given)
        counted["explained" if given != each.output else "same"] += 1
    print(counted)
    assert counted["explained"] == len(DIFFERENT_IN_ONNX)
    assert counted["same"] >= 160
    assert sum(counted.values()) >= 260


def test_onnx_gives_the_numbers_that_our_functions_give(translated: list[NodeTest]) -> None:
    counted = Counter[str]()
    for each in translated:
        if each.reads:
            torch.testing.assert_close(computed(each), wanted(each), rtol=1e-6, atol=1e-6)
            counted[each.operator] += 1
    print(counted)
    assert counted.keys() == READ.keys()


def computed(tested: NodeTest) -> torch.Tensor:
    """Call the function as its source does; of several values give the first."""
    assert tested.case is not None
    operation = tested.case.cls(**tested.case.given)
    assert isinstance(operation, FunctionOperation)
    names = tuple(f"x{index}" for index in range(len(tested.reads)))
    texts = {name: repr(value) for name, value in tested.case.given.items()}
    scope: dict[str, object] = {"torch": torch, "nn": torch.nn}
    scope |= dict(zip(names, map(torch.tensor, tested.reads), strict=True))
    given = eval(operation.call(names, texts), scope)
    return given if isinstance(given, torch.Tensor) else given[0]


def wanted(tested: NodeTest) -> torch.Tensor:
    """Give ONNX's numbers; of a row of two other numbers than 0 and 1, those."""
    if tested.operator != "OneHot":
        return torch.tensor(tested.gives)
    return torch.tensor(tested.gives == tested.gives.max()).long()
