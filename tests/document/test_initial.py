"""Rules for initial weights are those of the installed torch."""

import inspect
from collections.abc import Callable
from itertools import product
from math import ceil, log

import pytest
import torch
from support.emitting import architecture, emitted_class
from torch import nn

from archspec.document import read_rule, read_rules
from archspec.document.initial import ARGUMENTS, CHOICES
from archspec.pipeline import compile
from archspec.source import read


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


# --- rules that say each number -----------------------------------------------------------------

EACH = """
archspec: 1
name: Net
params: {bins: 5, slope: 0.5}
input: [N, 3, 8, 8]
init:
  batch_norm2d: {weight: {value: "1 + i / shape[0]"}, bias: {values: [1, 2]}}
blocks:
  pair:
    params: {channels: int, steps: 1}
    layers:
      - op: conv2d
        out_channels: channels
        kernel_size: [2, 1]
        init:
          weight: {value: "j + 10 * i * (k == 0) + steps * ceil(slope * in_channels)"}
          bias: {value: i}
      - relu
layers:
  listed:
    op: conv2d
    out_channels: 2
    kernel_size: 1
    bias: false
    init: {weight: {values: [0, 1, 2, -3.5, 4, 1e-3]}}
  norm: batch_norm2d
  nested:
    op: conv2d
    out_channels: 2
    kernel_size: [1, 2]
    groups: 2
    init: {weight: {values: [[[[1, 2]]], [[[3, 4]]]]}}
  pairs: {block: pair, channels: bins, steps: 1 + index, repeat: 2}
  mask: {op: parameter, shape: [bins, 1, 7], trainable: false, init: {value: i <= k}}
  add: {op: add, from: [pairs, mask]}
  last:
    op: conv2d
    out_channels: 2
    kernel_size: 1
    init: {bias: {constant: {val: log(1 / bins)}}}
"""


def numbers(shape: tuple[int, ...], each: Callable[..., float]) -> torch.Tensor:
    """Compute a tensor place by place."""
    places = product(*map(range, shape))
    return torch.tensor([float(each(*place)) for place in places]).view(shape)


@pytest.mark.parametrize("bins", [5, 3])
def test_rules_that_say_each_number_are_what_is_built(bins: int) -> None:
    """At other values of a parameter, given to the emitted class, as well."""
    model = architecture(EACH).to_torch(bins=bins)
    state = model.state_dict()
    assert state["listed.weight"].flatten().tolist() == pytest.approx([0, 1, 2, -3.5, 4, 1e-3])
    assert state["nested.weight"].flatten().tolist() == [1, 2, 3, 4]
    assert state["norm.weight"].tolist() == [1, 1.5]
    assert state["norm.bias"].tolist() == [1, 2]
    assert torch.equal(state["mask"], numbers((bins, 1, 7), lambda i, j, k: i <= k))
    assert state["last.bias"].tolist() == pytest.approx([log(1 / bins)] * 2)
    assert not model.get_parameter("mask").requires_grad
    for step, channels in enumerate((2, bins), start=1):
        weight, more = state[f"pairs.{step - 1}.0.weight"], step * ceil(0.5 * channels)

        def each(i: int, j: int, k: int, l: int, more: int = more) -> float:  # noqa: E741  # as in the rule
            return j + 10 * i * (k == 0) + more

        assert torch.equal(weight, numbers((bins, channels, 2, 1), each))
        assert state[f"pairs.{step - 1}.0.bias"].tolist() == list(range(bins))


def test_an_index_alone_counts_along_its_dimension() -> None:
    text = """
archspec: 1
name: Net
input: [N, 16, 8, 8]
layers:
  - {op: conv2d, out_channels: 4, kernel_size: 3, init: {weight: {value: INDEX}, bias: 0}}
"""
    for place, index in enumerate("ijkl"):
        (weight, _) = architecture(text.replace("INDEX", index)).to_torch().parameters()
        assert torch.equal(weight, numbers((4, 16, 3, 3), lambda *at, place=place: at[place]))
