"""Whose memory an operation gives is as it says, in PyTorch: so much hangs on it for `inplace`."""

import warnings
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import Any, NamedTuple

import pytest
import torch
from support.operations.contract import NAMES, cases
from support.operations.in_torch import NAMESPACE, module
from support.operations.operation_cases import Accepted, Case, judge
from support.sizes import numbers
from torch import nn

from archspec.operations import FunctionOperation, ModuleOperation, Operation, ValueOperation, load

CASES = 4


class Applied(NamedTuple):
    """What a layer read and gave, with the leaves of which what it read was computed."""

    leaves: list[torch.Tensor]
    reads: list[torch.Tensor]
    gives: list[torch.Tensor]


def accepted(name: str) -> Iterator[tuple[Case, Accepted]]:
    for case in cases(name, 4 * CASES, "memory"):
        said = judge(case)
        if isinstance(said, Accepted) and not isinstance(said.operation, ValueOperation):
            yield case, said


def applied(case: Case, said: Accepted, built: nn.Module | None) -> Applied | None:
    """Apply an operation to random numbers; `None` where indices or training do not suit it."""
    torch.manual_seed(0)
    leaves = [leaf(tensor.shape, tensor.dtype) for tensor in case.inputs]
    reads = [tensor.clone() for tensor in leaves]
    names = tuple(f"x{index}" for index in range(len(reads)))
    scope = NAMESPACE | {"module": built, **dict(zip(names, reads, strict=True))}
    try:
        return Applied(leaves, reads, list(flat(eval(call(said.operation, names), scope))))
    except (IndexError, RuntimeError, ValueError):
        return None


def call(operation: Operation, names: tuple[str, ...]) -> str:
    if isinstance(operation, ModuleOperation):
        return operation.call("module", names)
    assert isinstance(operation, FunctionOperation)
    fields = {name: repr(getattr(operation, name)) for name in type(operation).model_fields}
    return operation.call(names, fields)


def leaf(shape: Any, dtype: str) -> torch.Tensor:
    """Draw numbers, those of single precision in double: gradients are compared."""
    kind = torch.float64 if dtype == "float32" else getattr(torch, dtype)
    if not kind.is_floating_point:
        return torch.ones(shape, dtype=kind)
    return torch.randn(shape, dtype=kind).requires_grad_()


def flat(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif value is not None:
        for item in value:
            yield from flat(item)


def memory(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def gradients(given: Applied, *, overwritten: bool) -> list[torch.Tensor]:
    """Halve all that came out, and give the gradients of what went in."""
    floats = [value for value in given.gives if value.is_floating_point()]
    halves = [value.mul_(0.5) if overwritten else value * 0.5 for value in floats]
    total = sum(half.square().sum() for half in halves)
    assert isinstance(total, torch.Tensor)
    if total.requires_grad:
        total.backward()
    return [tensor.grad for tensor in given.leaves if tensor.grad is not None]


@pytest.mark.parametrize("name", NAMES)
def test_what_an_operation_gives_may_be_overwritten_as_it_says(name: str) -> None:
    for case, said in islice(accepted(name), CASES):
        held = said.operation.memory_of(len(case.inputs))
        for training in (False, True) if held != "kept" else ():
            hold(case, said, held, training=training)


def double(built: nn.Module) -> nn.Module:
    single = all(weight.dtype == torch.float32 for weight in built.parameters())
    return built.double() if single else built


def hold(case: Case, said: Accepted, held: str, *, training: bool) -> None:
    operation = said.operation
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's advice on speed
        torch.manual_seed(1)
        is_module = isinstance(operation, ModuleOperation)
        built = double(module(operation, said.inferred).train(training)) if is_module else None
        again = deepcopy(built)  # training changes what a module keeps
        given, other = applied(case, said, built), applied(case, said, again)
    if given is None or other is None or not any(map(torch.is_floating_point, given.gives)):
        return
    own = [memory(value) for value in given.gives if value.numel()]
    others = {memory(value) for value in given.reads}
    others |= {memory(weight) for weight in built.parameters()} if built is not None else set()
    assert held == "input" or (not others & set(own) and len(set(own)) == len(own)), case
    assert held == "own" or len(given.gives) == 1, case
    if not getattr(operation, "inplace", False):
        one, two = gradients(given, overwritten=True), gradients(other, overwritten=False)
        torch.testing.assert_close(one, two, equal_nan=True)


@pytest.mark.filterwarnings("ignore")  # PyTorch's advice on speed
def test_what_shares_memory_says_so() -> None:
    """All that gives a view says `input`, or is kept: none of them says `own`."""
    views = {"chunk", "expand", "split", "unbind", "einsum"}
    seen = set()
    for name in NAMES:
        for case, said in islice(accepted(name), CASES):
            built = None
            if isinstance(said.operation, ModuleOperation):
                built = module(said.operation, said.inferred).eval()
            given = applied(case, said, built)
            reads = {memory(value) for value in given.reads if value.numel()} if given else set()
            if given and any(memory(value) in reads for value in given.gives):
                seen.add((name, said.operation.memory_of(len(case.inputs))))
    assert {name for name, held in seen if held == "own"} == set()
    kept = {name for name, held in seen if held == "kept"}
    in_place = {name for name in NAMES if "inplace" in load(name).model_fields}
    assert kept - in_place == views


IN_PLACE = sorted(name for name in NAMES if "inplace" in load(name).model_fields)


@pytest.mark.parametrize("name", IN_PLACE)
def test_what_is_in_place_has_the_same_values_and_gradients(name: str) -> None:
    refused = 0
    for case in cases(name, 20 * CASES, "in place"):
        said = judge(case)
        if isinstance(said, Accepted) and said.outputs[0].dtype == "float32":
            refused += not said.operation.can_overwrite()
            for training in (False, True):
                same_in_place(said, training=training)
    assert (refused > 0) == (name in TURNING)


TURNING = ("elu", "leaky_relu", "rrelu")
"""Those that turn signs with some arguments, which leaves no gradient to compute."""


def same_in_place(said: Accepted, *, training: bool) -> None:
    if not said.operation.can_overwrite():
        return
    results = []
    for inplace in (False, True):
        operation = said.operation.model_copy(update={"inplace": inplace})
        torch.manual_seed(0)
        x = torch.randn(numbers(said.outputs[0].shape), dtype=torch.float64, requires_grad=True)
        y = module(operation, said.inferred).train(training)(x * 1.0)
        y.square().sum().backward()
        results.append((y.detach(), x.grad))
    # elu, celu and selu compute a gradient from what they gave: the number before is lost where
    # alpha is 1e-5, and with it five digits
    torch.testing.assert_close(results[0], results[1], rtol=1e-6, atol=1e-8, equal_nan=True)
