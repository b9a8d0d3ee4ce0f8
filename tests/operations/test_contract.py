"""Every operation against PyTorch: what we accept runs, what PyTorch refuses we refuse.

An operation is found by itself, and its cases are drawn from the types of its fields. Where we are
stricter than PyTorch, `STRICTER` says why, and a test holds that nothing in it is idle.
"""

from inspect import signature
from itertools import islice
from typing import get_overloads

import pytest
from support.operations.contract import NAMES, SAMPLE, cases, examined
from support.operations.fitting import STRICTER
from support.operations.in_torch import constructed, inferred_names, module
from support.operations.operation_cases import Accepted, Case, judge
from support.operations.stricter import Rule
from torch import nn

from archspec.operations import FunctionOperation, ModuleOperation, ValueOperation, load

EACH = -(-SAMPLE // len(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_what_we_say_of_an_operation_is_what_pytorch_does(name: str) -> None:
    """Outputs, state, cost, emitted text and symbols, half of the cases hostile."""
    found = list(map(examined, cases(name, EACH)))
    assert [(each.wrong, each.case) for each in found if each.wrong] == []
    ran = sum(each.runs for each in found)
    assert ran >= len(found) // 8
    assert sum(each.emitted for each in found) >= ran // 6  # what a spec can say of it


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_of_what_we_are_stricter_in_is_the_reason_somewhere(rule: Rule) -> None:
    claiming = [name for (name, _), known in STRICTER.items() if known.rule is rule]
    rounds = (case for seed in range(30) for name in claiming for case in cases(name, 100, seed))
    assert any(examined(case).rule is rule for case in rounds)


def test_the_list_of_what_we_are_stricter_in_is_closed() -> None:
    assert len(Rule) <= 12
    assert {name for name, _ in STRICTER} <= set(NAMES)


# --- what the text of a class says beside its rules ---------------------------------------------


def accepted(name: str, number: int) -> list[tuple[Case, Accepted]]:
    judged = ((case, judge(case)) for case in cases(name))
    found = ((case, said) for case, said in judged if isinstance(said, Accepted))
    return list(islice(found, number))


@pytest.mark.parametrize("name", NAMES)
def test_inferred_arguments_are_no_fields(name: str) -> None:
    assert not set(inferred_names(load(name))) & set(load(name).model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_means_what_pytorch_means_by_it(name: str) -> None:
    for case, said in accepted(name, 20):
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
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


@pytest.mark.parametrize("name", NAMES)
def test_arguments_by_position_are_the_first_that_pytorch_takes(name: str) -> None:
    for case, said in accepted(name, 5):
        if isinstance(said.operation, ModuleOperation):
            made = type(module(said.operation, said.inferred)).__init__
            taken = signature((get_overloads(made) or [made])[0]).parameters
            names = said.operation.by_position()
            assert tuple(taken)[1 : len(names) + 1] == names, case


@pytest.mark.parametrize("name", NAMES)
def test_what_a_weight_fixes_is_what_it_was_made_from(name: str) -> None:
    for case, said in accepted(name, 60):
        shape = dict(said.operation.weights(said.numbers)).get("weight")
        fixed = case.cls.of_weight(shape) if shape else {}
        assert case.cls.model_validate({**case.given, **fixed}) == said.operation
