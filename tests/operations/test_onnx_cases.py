"""ONNX's tests of its operators: what they give, our rules give for PyTorch's arguments."""

from collections import Counter

import pytest
import torch
from support.operations.onnx_cases import READ, NodeTest, translations
from support.operations.operation_cases import Accepted, judge

from archspec.operations import FunctionOperation

PADDED = "PyTorch refuses a padding of more than half of the window"

EXPLAINED = {
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
        assert given == each.output or each.name in EXPLAINED, (each, given)
        counted["explained" if given != each.output else "same"] += 1
    print(counted)
    assert counted["explained"] == len(EXPLAINED)
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
    scope = {"torch": torch, "nn": torch.nn}
    scope |= dict(zip(names, map(torch.tensor, tested.reads), strict=True))
    given = eval(operation.call(names, texts), scope)
    return given if isinstance(given, torch.Tensor) else given[0]


def wanted(tested: NodeTest) -> torch.Tensor:
    """Give ONNX's numbers; of a row of two other numbers than 0 and 1, those."""
    if tested.operator != "OneHot":
        return torch.tensor(tested.gives)
    return torch.tensor(tested.gives == tested.gives.max()).long()
