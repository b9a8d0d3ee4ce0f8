"""Tensors without dimensions: each operation against PyTorch, and ReZero as a whole."""

from random import Random

import pytest
import torch
from support.emitting import architecture
from support.operations.contract import NAMES, examined
from support.operations.fitting import FITTING
from support.operations.fitting.kinds import Fitting
from support.operations.operation_cases import (
    Accepted,
    Case,
    drawn_arguments,
    judge,
    similar,
    some_tensor,
)
from torch import nn

from archspec.cli.main import main
from archspec.diagnostics.render import render_text
from archspec.operations import load
from archspec.pipeline import check
from archspec.sizes import Tensor
from archspec.source import read

EACH = 6
"""How many cases are drawn for each operation."""


def drawn(name: str) -> list[Case]:
    """Draw cases of which at least one input has no dimensions."""
    random, cls = Random(f"{name} without"), load(name)
    found: list[Case] = []
    fitting = FITTING.get(name, Fitting())
    while len(found) < EACH:
        given = drawn_arguments(cls, random)
        inputs = _inputs(name, random)
        if fitting.arguments and random.random() < 0.3:
            whole = fitting.inputs(random) if fitting.inputs else (some_tensor(random, 3),)
            given |= fitting.arguments(random, whole)
        if cls.arity == (0, 0) or any(not tensor.rank for tensor in inputs):
            found.append(Case(cls, given, inputs))
    return found


def _inputs(name: str, random: Random) -> tuple[Tensor, ...]:
    """Draw inputs that an operation may read together, some of them lone numbers."""
    least, most = load(name).arity
    count = random.randint(least, least + 2 if most is None else most)
    fitting = FITTING.get(name, Fitting())
    if fitting.inputs and random.random() < 0.4:
        inputs = fitting.inputs(random)
        return tuple(x.reshaped() if random.random() < 0.5 else x for x in inputs)
    first = some_tensor(random, random.choice((0, 0, 0, 1, 2)))
    others = (similar(first, random) for _ in range(count - 1))
    return (first, *(x.reshaped() if random.random() < 0.5 else x for x in others))[:count]


@pytest.mark.parametrize("name", NAMES)
def test_what_we_say_of_a_tensor_without_dimensions_is_what_pytorch_does(name: str) -> None:
    found = [examined(case) for case in drawn(name)]
    assert [(each.wrong, each.case) for each in found if each.wrong] == []


def test_most_operations_of_single_numbers_take_one() -> None:
    taking = [n for n in NAMES if any(isinstance(judge(case), Accepted) for case in drawn(n))]
    assert {"relu", "add", "mul", "mean", "sum", "reshape", "stack"} <= {*taking}
    assert not {"conv2d", "linear", "layer_norm", "matmul", "softmax", "flatten"} & {*taking}


REZERO = """
archspec: 1
name: ReZero
params: {depth: 2, width: 2}
input: [N, width]
layers:
  weights: {op: parameter, shape: [depth]}
  block:
    repeat: depth
    inputs: [x, w]
    from: [input, weights]
    layers:
      linear: {op: linear, from: x, out_features: width}
      gate: {op: select, from: w, dim: 0, index: index, expect: []}
      mul: {op: mul, from: [linear, gate]}
      add: {op: add, from: [x, mul]}
"""


class ReZero(nn.Module):
    """Bachlechner et al. 2020 by hand: `x + a_i * F_i(x)`."""

    def __init__(self, depth: int, width: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(depth))
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add each layer, times its own number."""
        for gate, layer in zip(self.weights, self.layers, strict=True):
            x = x + gate * layer(x)
        return x


@pytest.mark.parametrize(("depth", "width", "parameters"), [(2, 2, 14), (3, 5, 93)])
def test_rezero_is_the_one_by_hand(depth: int, width: int, parameters: int) -> None:
    """The same sums of `width` products in double, perhaps in another order."""
    built = architecture(REZERO, depth=depth, width=width)
    assert built.count().totals.parameters == parameters
    assert built.verify().values > 0
    ours, theirs = built.to_torch().double(), ReZero(depth, width).double()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    for module in (ours, theirs):
        module.weights.data = torch.arange(1.0, depth + 1, dtype=torch.float64)
    x = torch.randn(4, width, dtype=torch.float64)
    assert (ours(x) - theirs(x)).abs().max() < 1e-11
    assert ours(x).shape == (4, width)


SCALARS = """
archspec: 1
name: Scalars
params: {start: 0.5}
input: [N, 4, 8]
layers:
  gain: {op: parameter, shape: [], init: start}
  one: {op: parameter, shape: [], init: 1}
  eighth: {op: constant, values: 0.125}
  two: {op: constant, shape: [], value: sqrt(4)}
  scaled: {op: mul, from: [input, gain, eighth]}
  mean: mean
  plus: {op: add, from: [scaled, mean, two, one]}
  vector: {op: reshape, from: mean, shape: [1]}
  back: {op: reshape, from: vector, shape: []}
  pair: {op: stack, from: [mean, back], dim: 0}
  dot: {op: einsum, from: [pair, pair], equation: "i,i->"}
outputs: {plus: plus, dot: dot}
expect: {params: 2, buffers: 2, output: {plus: [N, 4, 8], dot: []}}
"""


def test_parameters_constants_and_results_may_have_no_dimensions() -> None:
    built = architecture(SCALARS)
    assert built.verify().values > 0
    model = built.to_torch()
    x = torch.randn(3, 4, 8, dtype=torch.float64)
    given = model(x)
    scaled = x * 0.5 * 0.125
    assert torch.allclose(given["plus"], scaled + scaled.mean() + 3, rtol=1e-12, atol=1e-12)
    assert torch.allclose(given["dot"], 2 * scaled.mean() ** 2, rtol=1e-9, atol=0)
    assert model.gain.shape == model.two.shape == given["dot"].shape == ()


def test_they_are_shown(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    path = f"{tmp_path}/net.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(SCALARS)
    assert main(["count", path]) == 0
    assert "gain     parameter   scalar " in capsys.readouterr().out
    assert main(["draw", path, "--level", "layer", "-o", f"{tmp_path}/net.mmd"]) == 0
    with open(f"{tmp_path}/net.mmd", encoding="utf-8") as file:
        assert '|"scalar"|' in file.read()
    assert main(["why", path, "dot"]) == 0
    assert "dot gives scalar, einsum" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("{op: linear, from: gain, out_features: 3}", "at least 1 dimension, and here is one"),
        ("{op: softmax, from: gain, dim: 0}", "names dimension 0, and its input has no dimensions"),
        ("{op: conv1d, from: gain, out_channels: 3, kernel_size: 1}", "of 3 dimensions, not of 0"),
        ("{op: mul, from: gain, other: gain.batch}", "`gain` has no dimensions, and so no batch"),
        ("{op: mul, from: gain, other: gain.features}", "and so no features"),
        ("{op: mul, from: gain, other: gain.channels}", "has no channels"),
        ("{op: mul, from: gain, other: 'gain.shape[0]'}", "takes element 0 of a list of 0"),
        ("{op: cat, from: [gain, gain], dim: 0}", "dimension 0, and its inputs have no dimensions"),
        ("{op: relu, from: input, expect: []}", "the layer gives N×4×8, not scalar"),
    ],
)
def test_what_needs_a_dimension_says_so(layer: str, message: str) -> None:
    text = (
        "archspec: 1\nname: Net\ninput: [N, 4, 8]\nlayers:\n"
        f"  gain: {{op: parameter, shape: []}}\n  layer: {layer}\n"
    )
    found = check(read(text, "net.yaml"))
    assert found.network is None
    assert message in render_text(found.diagnostics)
