"""Rules for initial weights are those of the installed torch."""

import inspect

import pytest
import torch
from emitting import architecture, emitted_class
from torch import nn

from archspec.pipeline import compile
from archspec.source import read
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


# --- a word that is the name of a number --------------------------------------------------------

NAMED = """
archspec: 1
name: Net
params: {layer_scale: 0.25, zeros: 3}
let: {doubled: 2 * layer_scale}
input: [N, 3, 8, 8]
init: {batch_norm2d: {weight: layer_scale}, conv2d: {bias: in_channels}, linear: {weight: doubled}}
blocks:
  unit:
    params: {gain: 0.5}
    layers:
      gamma: {op: parameter, shape: [3, 1, 1], init: gain}
      mul: {op: mul, from: [input, gamma]}
layers:
  a: {op: parameter, shape: [3, 1, 1], init: layer_scale}
  mul: {op: mul, from: [input, a]}
  norm: batch_norm2d
  u: {block: unit, gain: 0.125}
  conv: {op: conv2d, out_channels: 4, kernel_size: 1, init: {weight: zeros}}
"""


def test_a_word_that_names_no_rule_is_a_number() -> None:
    built = architecture(NAMED)
    model = emitted_class(built.to_source(), "Net")()
    numbers = {key: set(value.flatten().tolist()) for key, value in model.named_parameters()}
    assert numbers == {
        "a": {0.25},
        "norm.weight": {0.25},
        "norm.bias": {0},
        "u.gamma": {0.125},
        "conv.weight": {0},  # a rule goes before a parameter of its name
        "conv.bias": {3},
    }
    other = emitted_class(built.to_source(), "Net")(layer_scale=4.0)
    assert set(other.a.flatten().tolist()) == {4}


@pytest.mark.parametrize(
    ("old", "new", "help"),
    [
        ("init: layer_scale}\n", "init: layer_scal}\n", "did you mean `layer_scale`?"),
        ("init: layer_scale}\n", "init: zeross}\n", "did you mean `zeros`?"),
        ("init: gain", "init: gian", "did you mean `gain`?"),
        ("weight: doubled", "weight: onse", "did you mean `ones`?"),  # which no layer uses
        ("weight: doubled", "weight: depth", "known are `constant`"),
        ("weight: zeros}", "weight: kaiming_norml}", "did you mean `kaiming_normal`?"),
    ],
)
def test_a_misspelt_rule_is_told_once(old: str, new: str, help: str) -> None:
    outcome = compile(read(NAMED.replace(old, new), "net.yaml"))
    (found,) = [item for item in outcome.diagnostics if item.severity == "error"]
    assert found.message == f"there is no rule `{new.split()[1].strip('}')}`"
    assert str(found.help).startswith(help)
