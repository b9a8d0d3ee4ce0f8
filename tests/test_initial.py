"""Rules for initial weights are those of the installed torch."""

import inspect

import pytest
import torch
from torch import nn

from archspec.spec import read_rule, read_rules
from archspec.spec.initial import ARGUMENTS, CHOICES


@pytest.mark.parametrize("name", ARGUMENTS)
def test_rules_take_the_arguments_of_torch(name: str) -> None:
    tensor, *arguments = inspect.signature(getattr(nn.init, f"{name}_")).parameters
    assert tensor == "tensor"
    assert tuple(item for item in arguments if item != "generator") == ARGUMENTS[name]


@pytest.mark.parametrize("nonlinearity", sorted(CHOICES["nonlinearity"]))
def test_torch_knows_every_nonlinearity(nonlinearity: str) -> None:
    gain = nn.init.calculate_gain(nonlinearity)  # type: ignore[arg-type]  # a text
    assert gain > 0


@pytest.mark.parametrize("mode", sorted(CHOICES["mode"]))
def test_torch_knows_every_mode(mode: str) -> None:
    weight = nn.init.kaiming_normal_(torch.empty(8, 4), mode=mode)  # type: ignore[arg-type]  # a text
    assert bool(weight.isfinite().all())


def test_a_rule_that_is_a_number_is_a_constant() -> None:
    assert read_rule(1).arguments == {"val": 1}
    assert read_rule(1).name == "constant"


def test_texts_are_expressions_except_where_they_are_choices() -> None:
    rule = read_rule({"kaiming_normal": {"a": "1 / groups", "mode": "fan_out"}})
    assert list(rule.expressions()) == [("a", "1 / groups")]


def test_rules_by_operation_and_weight() -> None:
    rules = read_rules({"linear": {"weight": {"normal": {"std": 0.01}}, "bias": 0}})
    assert {weight: rule.name for weight, rule in rules["linear"].items()} == {
        "weight": "normal",
        "bias": "constant",
    }
