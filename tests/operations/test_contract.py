"""Every operation against PyTorch: what we accept runs, what PyTorch refuses we refuse.

An operation is found by itself, and its cases are drawn from the types of its fields. Where we are
stricter than PyTorch, `STRICTER` says why, and a test holds that nothing in it is idle.
"""

from functools import cache
from inspect import signature
from random import Random

import pytest
from fitting import STRICTER
from in_torch import constructed, flops, inferred_names, module, run, runs
from operation_cases import Accepted, Case, Conditions, Refused, draw, judge
from stricter import Rule
from torch import nn

from archspec.dimensions import symbol
from archspec.ops import FunctionOperation, ModuleOperation, ValueOperation, load, names

NAMES = sorted(names())


def stricter(case: Case, said: Refused) -> bool:
    """Say whether we refuse knowingly what PyTorch may run."""
    knowingly = STRICTER.get((case.cls.op(), said.reason))
    return knowingly is not None and knowingly.applies(case)


@cache
def cases(name: str) -> tuple[tuple[Case, Accepted | Refused], ...]:
    """Draw the cases of an operation, the same ones in every run, and judge them."""
    random = Random(name)
    number = 200 + 100 * len(load(name).model_fields)
    drawn = (draw(load(name), random) for _ in range(number))
    return tuple((case, judge(case)) for case in drawn)


def accepted(name: str) -> list[tuple[Case, Accepted]]:
    return [(case, said) for case, said in cases(name) if isinstance(said, Accepted)]


@pytest.mark.parametrize("name", NAMES)
def test_what_we_accept_runs_with_the_same_shapes_and_dtypes(name: str) -> None:
    assert len(accepted(name)) >= len(cases(name)) // 8
    for case, said in accepted(name):
        assert run(said, case.inputs) == said.outputs, case


@pytest.mark.parametrize("name", NAMES)
def test_what_we_refuse_does_not_run_or_the_list_says_why(name: str) -> None:
    for case, said in cases(name):
        if isinstance(said, Refused) and not stricter(case, said):
            assert not runs(case), (said, case)


def test_the_list_of_what_we_are_stricter_in_is_not_idle() -> None:
    seen = {
        STRICTER[name, said.reason].rule
        for name in NAMES
        for case, said in cases(name)
        if isinstance(said, Refused) and stricter(case, said) and runs(case)
    }
    assert seen == set(Rule)
    assert len(Rule) <= 12


@pytest.mark.parametrize("name", NAMES)
def test_weights_and_buffers_are_those_of_the_state_dict(name: str) -> None:
    for case, said in accepted(name)[:60]:
        if isinstance(said.operation, FunctionOperation):
            assert not said.operation.weights(said.inferred)
            assert not said.operation.buffers(said.inferred)
            continue
        if isinstance(said.operation, ValueOperation):
            assert list(said.operation.weights({})) == [""]
            continue
        built = module(said.operation, said.inferred)
        weights = said.operation.weights(said.inferred)
        buffers = said.operation.buffers(said.inferred)
        shapes = [(key, tuple(value.shape)) for key, value in built.state_dict().items()]
        assert shapes == list((weights | buffers).items()), case
        assert list(weights) == [key for key, _ in built.named_parameters()]
        assert list(buffers) == [key for key, _ in built.named_buffers()]


@pytest.mark.parametrize("name", NAMES)
def test_macs_are_half_of_the_flops_that_pytorch_counts(name: str) -> None:
    for case, said in accepted(name)[:25]:
        macs = said.operation.macs(case.inputs, said.outputs)
        if macs is None:
            continue
        assert 2 * macs == flops(said, case.inputs), case


@pytest.mark.parametrize("name", NAMES)
def test_symbols_give_the_same_verdict_and_shapes_as_numbers(name: str) -> None:
    random = Random(name)
    for case, said in cases(name):
        symbolic, values = _with_symbols(case, random)
        conditions = Conditions()
        verdict = judge(symbolic, conditions)
        if isinstance(verdict, Refused) and verdict.reason == "symbolic-value":
            continue  # what cannot be said for every size
        holds = isinstance(verdict, Accepted) and conditions.hold(values)
        if _differ_in_number(verdict, said):
            assert not holds, (said, symbolic)
            continue  # how many values come out is the same for every size, or a condition fails
        assert holds == isinstance(said, Accepted), (said, symbolic, conditions.kept)
        if isinstance(verdict, Accepted) and isinstance(said, Accepted):
            assert tuple(t.substitute(values) for t in verdict.outputs) == said.outputs


def _differ_in_number(a: Accepted | Refused, b: Accepted | Refused) -> bool:
    return isinstance(a, Accepted) and isinstance(b, Accepted) and len(a.outputs) != len(b.outputs)


def _with_symbols(case: Case, random: Random) -> tuple[Case, dict[str, int]]:
    """Put symbols in the place of some sizes above 1, the same one for the same size.

    A symbol is not taken for a size of 1 that expands.
    """
    sizes = {size for tensor in case.inputs for size in tensor.shape if size > 1}
    values = {f"S{size}": size for size in sizes if random.random() < 0.6}
    known = {size: symbol(name) for name, size in values.items()}
    inputs = tuple(
        tensor.reshaped(*(known.get(size, size) for size in tensor.shape)) for tensor in case.inputs
    )
    return Case(case.cls, case.given, inputs), values


@pytest.mark.parametrize("name", NAMES)
def test_inferred_arguments_are_no_fields(name: str) -> None:
    assert not set(inferred_names(load(name))) & set(load(name).model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_means_what_pytorch_means_by_it(name: str) -> None:
    for case, said in accepted(name)[:20]:
        if isinstance(said.operation, FunctionOperation | ValueOperation):
            continue
        full = module(said.operation, said.inferred)
        given = {name: getattr(said.operation, name) for name in case.given}
        assert isinstance(said.operation, ModuleOperation)
        short = constructed(said.operation, {**said.inferred, **given})
        assert _settings(short) == _settings(full)


def _settings(built: nn.Module) -> dict[str, object]:
    """Give what a module was built with; `(1, 1)` and `1` are one setting."""
    own = {name: value for name, value in vars(built).items() if not name.startswith("_")}
    return {name: _plain(value) for name, value in own.items()}


def _plain(value: object) -> object:
    same = isinstance(value, tuple) and len(set(value)) == 1
    return value[0] if same else value


@pytest.mark.parametrize("name", NAMES)
def test_arguments_by_position_are_the_first_that_pytorch_takes(name: str) -> None:
    for case, said in accepted(name)[:5]:
        if isinstance(said.operation, ModuleOperation):
            taken = signature(type(module(said.operation, said.inferred)).__init__).parameters
            names = said.operation.by_position()
            assert tuple(taken)[1 : len(names) + 1] == names, case


@pytest.mark.parametrize("name", NAMES)
def test_what_a_weight_fixes_is_what_it_was_made_from(name: str) -> None:
    for case, said in accepted(name)[:60]:
        shape = dict(said.operation.weights(said.inferred)).get("weight")
        fixed = case.cls.of_weight(shape) if shape else {}
        assert case.cls.model_validate({**case.given, **fixed}) == said.operation
