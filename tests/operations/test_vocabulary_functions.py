"""Networks of functions and constants, written as source and run by PyTorch."""

from typing import Any

import pytest
import torch
import yaml
from jsonschema import Draft7Validator
from support.emitting import architecture, emitted_class, minimal
from support.state_keys import keys

from archspec.document.schema import language_schema

NETWORK = """
archspec: 1
name: Functions
params: {width: 8, scale: 0.5}
inputs:
  x: [N, 8, 4, 6]
  y: [N, 8, 1, 6]
  mask: {shape: [N, 8, 4, 6], dtype: bool}
  order: {shape: [N, 8, 4, 3], dtype: int64}
layers:
  add: {op: add, from: [x, y]}
  plus: {op: add, other: 1}
  halved: {op: mul, other: scale}
  eighth: {op: mul, other: 1 / width}
  neg: neg
  minus: {op: sub, other: width - 1}
  over: {op: div, from: [minus, x]}
  down: {op: div, other: 2, rounding_mode: floor}
  largest: {op: maximum, from: [down, y]}
  positive: {op: maximum, other: 0}
  smallest: {op: minimum, from: [positive, x]}
  capped: {op: minimum, other: 6}
  abs: abs
  squared: {op: pow, exponent: 2}
  root: sqrt
  exp: exp
  log: log
  clamp: {op: clamp, min: -1, max: 1}
  where: {op: where, from: [mask, clamp, x]}
  hidden: {op: where, from: [mask, where], other: 0}
  filled: {op: masked_fill, from: [hidden, mask], value: -inf}
  unit: {op: normalize, dim: -1}
  rolled: {op: roll, shifts: [1, -1], dims: [2, 3]}
  turned: {op: flip, dims: [2, 3]}
  index: {op: arange, end: 8, step: 2}
  taken: {op: index_select, from: [turned, index], dim: 1}
  product: {op: einsum, from: [taken, x], equation: "nchw,ndhw->ncd"}
  sums: {op: cumsum, dim: 1}
  longest: {op: amax, dim: 2}
  shortest: {op: amin, from: sums, dim: 2, keepdim: true}
  place: {op: argmax, from: sums, dim: 2}
  length: {op: vector_norm, from: sums, dim: 2}
  maximal: {op: vector_norm, from: sums, ord: inf, dim: 2}
  places: {op: gather, from: [turned, order], dim: 3}
  single: {op: unbind, from: places, dim: 2}
  joined: {op: stack, from: [single.0, single.3], dim: 1}
  total: {op: sum, from: joined, dim: [1, 3]}
outputs: [longest, shortest, place, length, maximal, total]
"""

FORWARD = """\
        minus = (-((((x + y) + 1) * self.scale) * (1 / self.width))) - (self.width - 1)
        down = torch.div(minus / x, 2, rounding_mode="floor")
        positive = torch.maximum(down, y).clamp(min=0)
        value: torch.Tensor = (
            torch.minimum(positive, x).clamp(max=6).abs().pow(2).sqrt().exp().log()
        )
        clamp = value.clamp(min=-1, max=1)
        hidden = torch.where(mask, torch.where(mask, clamp, x), 0)
        value = nn.functional.normalize(hidden.masked_fill(mask, float("-inf")), dim=-1)
        turned = value.roll((1, -1), dims=(2, 3)).flip(2, 3)
        taken = turned.index_select(1, torch.arange(0, 8, 2, device=turned.device))
        sums = torch.einsum("nchw,ndhw->ncd", taken, x).cumsum(1)
        longest: torch.Tensor = sums.amax(2)
        shortest: torch.Tensor = sums.amin(2, keepdim=True)
        place: torch.Tensor = sums.argmax(2)
        length: torch.Tensor = torch.linalg.vector_norm(sums, dim=2)
        maximal: torch.Tensor = torch.linalg.vector_norm(sums, ord=float("inf"), dim=2)
        single_0, _, _, single_3 = turned.gather(3, order).unbind(2)
        total: torch.Tensor = torch.stack((single_0, single_3), dim=1).sum((1, 3))
        return longest, shortest, place, length, maximal, total
"""


def test_a_network_of_all_functions_is_written_and_runs() -> None:
    built = architecture(NETWORK)
    assert FORWARD in built.to_source()
    model = emitted_class(built.to_source(), "Functions")().eval()
    inputs = [
        torch.randn(2, 8, 4, 6),
        torch.randn(2, 8, 1, 6),
        torch.rand(2, 8, 4, 6) < 0.5,
        torch.randint(0, 6, (2, 8, 4, 3)),
    ]
    given = [(tuple(value.shape), str(value.dtype)[6:]) for value in model(*inputs)]
    outputs = [tensor.substitute({"N": 2}) for tensor in built.network.model.outputs]
    assert given == [(tensor.shape, tensor.dtype) for tensor in outputs]


CONSTANTS = """
archspec: 1
name: Constants
params: {length: 6, heads: 4}
input: [N, 4, 6, 6]
layers:
  causal: {op: constant, shape: [length, length], value: j <= i, dtype: bool, persistent: false}
  slopes: {op: constant, shape: [heads, 1, 1], value: "2 ** (-8 * (i + 1) / shape[0])"}
  distance: {op: constant, shape: [length, length], value: j - i, dtype: int64}
  kernel: {op: constant, values: [[1, 2, 1], [2, 4, 2]]}
  0: {op: constant, values: [1, 2, heads, 5]}
  weight: {op: parameter, shape: [4, 1, 1]}
  alibi: {op: mul, from: [slopes, distance]}
  biased: {op: add, from: [input, alibi, weight]}
  hidden: {op: where, from: [causal, biased], other: -1e9}
  soft: {op: softmax, dim: -1}
  back: {op: reshape, from: kernel, shape: [1, 1, 1, 6]}
  named: {op: reshape, from: "0", shape: [4, 1, 1]}
  out: {op: mul, from: [soft, back, named]}
"""

CONSTRUCTOR = """\
        self.causal = nn.Buffer(
            torch.tensor(
                [[j <= i for j in range(length)] for i in range(length)], dtype=torch.bool
            ),
            persistent=False,
        )
        self.slopes = nn.Buffer(
            torch.tensor(
                [[[2 ** (-8 * (i + 1) / heads)]] for i in range(heads)], dtype=torch.float32
            )
        )
        self.distance = nn.Buffer(
            torch.tensor([[j - i for j in range(length)] for i in range(length)], dtype=torch.int64)
        )
        self.kernel = nn.Buffer(torch.tensor(((1, 2, 1), (2, 4, 2)), dtype=torch.float32))
        self.register_buffer("0", torch.tensor((1, 2, heads, 5), dtype=torch.float32))
"""


def test_constants_are_buffers_that_are_written_as_loops() -> None:
    built = architecture(CONSTANTS)
    assert CONSTRUCTOR in built.to_source()
    model = emitted_class(built.to_source(), "Constants")()
    state = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    assert list(state.items()) == keys(built.network)
    assert [key for key, _ in model.named_parameters()] == ["weight"]
    assert model(torch.randn(2, 4, 6, 6)).shape == (2, 4, 6, 6)


def test_constants_hold_the_numbers_that_pytorch_has_for_the_same() -> None:
    model: Any = architecture(CONSTANTS).to_torch()
    numbers = torch.arange(6)
    assert torch.equal(model.causal, torch.ones(6, 6).tril().bool())
    assert torch.equal(model.distance, numbers[None, :] - numbers[:, None])
    assert torch.equal(model.slopes.flatten(), torch.tensor([1 / 4, 1 / 16, 1 / 64, 1 / 256]))
    assert torch.equal(model.get_buffer("0"), torch.tensor([1.0, 2, 4, 5]))
    assert model.kernel.dtype is torch.float32


def test_a_constant_grows_with_its_parameter() -> None:
    model: Any = emitted_class(architecture(CONSTANTS).to_source(), "Constants")
    assert model(heads=4).slopes.shape == (4, 1, 1)
    text = minimal(
        "  ones: {op: constant, shape: [1, size], value: 1}\n  out: {op: mul, from: [input, ones]}",
        "params: {size: 8}",
        "[N, 8]",
    )
    small: Any = architecture(text.replace("[N, 8]", "[N, size]"), size=3).to_torch()
    assert torch.equal(small.ones, torch.ones(1, 3))


# What is written beside an operator keeps its meaning, whatever stands in the spec.
NUMBERS = [
    ("{op: mul, other: 1 - width}", "image * (1 - self.width)", -7.0),
    ("{op: sub, other: 2}", "image - 2", -1.0),
    ("{op: sub, other: -width}", "image - -self.width", 9.0),
    ("{op: div, other: width}", "image / self.width", 0.125),
    ('{op: div, other: "image.shape[1]"}', "image / image.shape[1]", 0.2),
    ("{op: pow, exponent: 1 / 2}", "image.pow(1 / 2)", 1.0),
    ('{op: maximum, other: "image.shape[1] - 1"}', "image.clamp(min=image.shape[1] - 1)", 4.0),
    ("{op: clamp, max: 1 / width}", "image.clamp(max=1 / self.width)", 0.125),
    ("{op: add, from: [image, image], other: 0.5}", "image + image + 0.5", 2.5),
]


@pytest.mark.parametrize(("layer", "text", "value"), NUMBERS)
def test_a_number_may_take_the_place_of_a_value(layer: str, text: str, value: float) -> None:
    spec = (
        "archspec: 1\nname: Net\nparams: {width: 8}\ninputs: {image: [N, 5]}\nlayers:\n"
        f"  layer: {layer}\n"
    )
    source = architecture(spec).to_source()
    assert f"= {text}\n".replace("image", "x") in source.replace("image", "x")
    model = emitted_class(source, "Net")()
    assert torch.equal(model(torch.ones(2, 5)), torch.full((2, 5), value))


def test_masks_hide_by_infinity() -> None:
    spec = (
        "archspec: 1\nname: Net\ninputs: {x: [N, 4], mask: {shape: [N, 4], dtype: bool}}\n"
        "layers:\n  hidden: {op: masked_fill, from: [x, mask], value: -inf}\n"
        "  soft: {op: softmax, dim: 1}\n"
    )
    model = architecture(spec).to_torch()
    mask = torch.tensor([[True, False, False, True]])
    assert torch.equal(model(torch.zeros(1, 4), mask), torch.tensor([[0, 0.5, 0.5, 0]]))


@pytest.mark.parametrize("text", [NETWORK, CONSTANTS])
def test_editors_find_nothing_wrong_with_them(text: str) -> None:
    spec = yaml.safe_load(text)
    spec["layers"] = {str(name): layer for name, layer in spec["layers"].items()}
    assert not list(Draft7Validator(language_schema()).iter_errors(spec))
