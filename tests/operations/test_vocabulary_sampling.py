"""What reads between pixels is what PyTorch and torchvision compute, and learns as they do.

`data/torchvision/sampled.json` holds what the CPU kernels of torchvision 0.28 gave, in double
precision: outputs, and the gradients of `(output * weighing).sum()`. Beside a CPU build of torch
its wheel has no kernels, so they cannot be asked here. Everything is a sum of fewer than 1,000
numbers below 1,000, each rounded fewer than 100 times: 1e8 * 2**-53 is 1.2e-8.
"""

import inspect
import json
from typing import Any

import pytest
import torch
from support.emitting import architecture, minimal
from support.paths import DATA
from support.vision import import_torchvision
from torch import nn
from torch.nn import functional

from archspec.operations import ModuleOperation, load

BOUND = 1.2e-8
ANSWERS = DATA / "torchvision" / "sampled.json"
CASES = json.loads(ANSWERS.read_text("utf-8"))
OPERATIONS = {"DeformConv2d": "deform_conv2d", "RoIAlign": "roi_align"}


def gradient(weight: torch.Tensor) -> torch.Tensor:
    """Give what a weight learns."""
    assert weight.grad is not None
    return weight.grad


def written(name: str) -> Any:
    """Give the class that an emitted file defines."""
    operation = load(OPERATIONS[name])
    assert issubclass(operation, ModuleOperation)
    names: dict[str, Any] = {"torch": torch, "nn": nn}
    exec(operation.source, names)
    return names[name]


def doubles(values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def close(ours: torch.Tensor | None, theirs: Any) -> bool:
    return ours is not None and torch.allclose(ours, doubles(theirs), rtol=0, atol=BOUND)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["module"])
def test_a_class_that_is_written_out_gives_what_torchvision_gives(case: dict[str, Any]) -> None:
    module = written(case["module"])(**case["arguments"]).double()
    module.load_state_dict({key: doubles(value) for key, value in case["state"].items()})
    inputs = [doubles(value).requires_grad_() for value in case["inputs"]]
    output = module(*inputs)
    assert close(output, case["output"])
    (output * doubles(case["weighing"])).sum().backward()
    wanted = [pair for pair in zip(inputs, case["gradients"], strict=True) if pair[1] is not None]
    assert all(close(x.grad, gradient) for x, gradient in wanted)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_class_that_is_written_out_is_constructed_as_torchvisions(name: str) -> None:
    theirs = inspect.signature(getattr(import_torchvision().ops, name)).parameters
    ours = inspect.signature(written(name)).parameters
    assert list(ours) == list(theirs)
    default = inspect.Parameter.empty
    said = [key for key, value in theirs.items() if value.default is not default]
    assert [ours[key].default for key in said] == [theirs[key].default for key in said]


def test_first_weights_are_torchvisions() -> None:
    arguments = {"in_channels": 4, "out_channels": 6, "kernel_size": (3, 2), "groups": 2}
    states = []
    for cls in (written("DeformConv2d"), import_torchvision().ops.DeformConv2d):
        torch.manual_seed(1)
        states.append(cls(**arguments).state_dict())
    ours, theirs = states
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


@pytest.mark.parametrize("ratio", [-1, 2])
def test_no_boxes_give_no_maps(ratio: int) -> None:
    module = written("RoIAlign")((2, 3), sampling_ratio=ratio)
    assert module(torch.zeros(2, 4, 5, 6), torch.zeros(0, 5)).shape == (0, 4, 2, 3)


DEFORMED = """
  moves: {op: conv2d, out_channels: 27, kernel_size: 3, stride: 2, padding: 1}
  parts: {op: split, split_size_or_sections: [18, 9], dim: 1}
  mask: {op: sigmoid, from: parts.1}
  conv:
    op: deform_conv2d
    from: [input, parts.0, mask]
    out_channels: 4
    kernel_size: 3
    stride: 2
    padding: 1
    spectral_norm: true
"""


def test_a_deformed_convolution_that_moves_nothing_is_a_convolution() -> None:
    module = architecture(minimal(DEFORMED, shape="[N, 3, H, 9]")).to_torch().double().eval()
    nn.init.zeros_(module.get_parameter("moves.weight"))
    nn.init.zeros_(module.get_parameter("moves.bias"))
    x = torch.randn(2, 3, 8, 9, dtype=torch.float64)
    conv: Any = module.get_submodule("conv")
    expected = functional.conv2d(x, conv.weight / 2, conv.bias, stride=2, padding=1)
    assert torch.allclose(module(x), expected, rtol=0, atol=BOUND)  # the mask is 1/2


def test_a_deformed_convolution_learns_where_to_look() -> None:
    module = architecture(minimal(DEFORMED, shape="[N, 3, H, 9]")).to_torch()
    module(torch.randn(2, 3, 8, 9)).square().sum().backward()
    assert all(bool(gradient(weight).abs().sum() > 0) for weight in module.parameters())


# --- spatial transformers -----------------------------------------------------------------------

TRANSFORMER = """
  localization:
    - {op: conv2d, out_channels: 8, kernel_size: 7}
    - {op: max_pool2d, kernel_size: 2, stride: 2}
    - relu
    - {op: conv2d, out_channels: 10, kernel_size: 5}
    - {op: max_pool2d, kernel_size: 2, stride: 2}
    - relu
  flatten: flatten
  fc_loc:
    - {op: linear, out_features: 32}
    - relu
    - {op: linear, out_features: 6, init: {weight: 0}}
  theta: {op: unflatten, dim: 1, unflattened_size: [2, 3]}
  grid: {op: affine_grid, size: input.shape}
  turned: {op: grid_sample, from: [input, grid]}
  conv1: {op: conv2d, out_channels: 10, kernel_size: 5}
  last: flatten
  fc: {op: linear, out_features: 10}
"""


class Transformer(nn.Module):
    """The network of `TRANSFORMER`, as PyTorch's tutorial on spatial transformers writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.localization = nn.Sequential(
            nn.Conv2d(1, 8, 7),
            nn.MaxPool2d(2, 2),
            nn.ReLU(),
            nn.Conv2d(8, 10, 5),
            nn.MaxPool2d(2, 2),
            nn.ReLU(),
        )
        self.fc_loc = nn.Sequential(nn.Linear(90, 32), nn.ReLU(), nn.Linear(32, 6))
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.fc = nn.Linear(5760, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        theta = self.fc_loc(self.localization(x).view(-1, 90)).view(-1, 2, 3)
        grid = functional.affine_grid(theta, list(x.size()), align_corners=False)
        x = functional.grid_sample(x, grid, align_corners=False)
        digits: torch.Tensor = self.fc(self.conv1(x).flatten(1))
        return digits


def test_a_spatial_transformer_is_the_one_written_by_hand() -> None:
    found = architecture(minimal(TRANSFORMER, shape="[N, 1, 28, 28]"))
    ours, theirs = found.to_torch().double(), Transformer().double()
    assert bool((ours.get_parameter("fc_loc.2.weight") == 0).all())
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(3, 1, 28, 28, dtype=torch.float64)
    first, second = results = [module(x) for module in (ours, theirs)]
    assert torch.allclose(first, second, rtol=0, atol=BOUND)
    for result in results:
        result.square().sum().backward()
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    grads = ((gradient(a), gradient(b)) for a, b in pairs)
    assert all(torch.allclose(a, b, rtol=1e-9, atol=BOUND) for a, b in grads)


def test_a_transformer_is_counted_with_the_product_that_makes_its_grid() -> None:
    rows = architecture(minimal(TRANSFORMER, shape="[N, 1, 28, 28]")).count().rows
    macs = {row.name: row.each.macs.least for row in rows}
    assert (macs["grid"], macs["turned"]) == (28 * 28 * 2 * 3, 0)


@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_words_of_a_grid_are_pytorchs(corners: bool, mode: str, padding: str) -> None:
    words = f"mode: {mode}, padding_mode: {padding}, align_corners: {str(corners).lower()}"
    text = minimal(f"  out: {{op: grid_sample, from: [x, grid], {words}}}\n", shape="[N, 1]")
    text = text.replace("input: [N, 1]", "inputs: {x: [N, 2, H, W], grid: [N, 3, 4, 2]}")
    x = torch.randn(2, 2, 5, 6, dtype=torch.float64)
    grid = torch.rand(2, 3, 4, 2, dtype=torch.float64) * 3 - 1.5
    theirs = functional.grid_sample(x, grid, mode=mode, padding_mode=padding, align_corners=corners)
    assert torch.equal(architecture(text).to_torch()(x, grid), theirs)


BOXES = """
  rows: {op: flatten, from: boxes, start_dim: 0, end_dim: 1}
  pool: {op: roi_align, from: [x, rows], output_size: [2, 3], spatial_scale: 0.5, sampling_ratio: 2}
  back: {op: reshape, shape: ["boxes.batch", "boxes.shape[1]", -1]}
"""


def test_boxes_of_each_sample_are_pooled_and_verified() -> None:
    text = minimal(BOXES, shape="[N, 1]")
    text = text.replace("input: [N, 1]", "inputs: {x: [N, 4, H, W], boxes: [N, R, 5]}")
    found = architecture(text)
    assert found.verify().values > 0
    boxes = torch.tensor([[[0.0, 1, 1, 9, 9], [0, 2, 3, 4, 5]], [[1, 0, 0, 8, 8], [1, 3, 3, 9, 4]]])
    x = torch.randn(2, 4, 6, 6, dtype=torch.float64)
    theirs = written("RoIAlign")((2, 3), 0.5, 2)(x, boxes.double().flatten(0, 1))
    assert torch.equal(found.to_torch()(x, boxes.double()), theirs.reshape(2, 2, -1))


WRONG = (
    ("{op: grid_sample, from: [x, theta]}", "4 or 5 dimensions, not of 3|4 dimensions, not of 3"),
    ('{op: affine_grid, from: theta, size: ["x.batch", 1, 8]}', "4 sizes or 5"),
    ('{op: affine_grid, from: theta, size: ["x.batch", 1, 8, 8, 8]}', "takes N×3×4, not N×2×3"),
    ("{op: deform_conv2d, from: [x, x], out_channels: 4, kernel_size: 3}", "no multiple of 18"),
    ("{op: deform_conv2d, from: [x, more], out_channels: 4, kernel_size: 1}", "3 groups"),
    ("{op: roi_align, from: [x, rows], output_size: 7}", "is 5 numbers, not 6"),
)


@pytest.mark.parametrize(("layer", "message"), WRONG)
def test_what_does_not_fit_is_told_with_its_numbers(layer: str, message: str) -> None:
    text = minimal(f"  wrong: {layer}\n", shape="[N, 1]")
    inputs = "inputs: {x: [N, 8, 16, 16], theta: [N, 2, 3], rows: [N, 6], more: [N, 6, 16, 16]}"
    with pytest.raises(AssertionError, match=message):
        architecture(text.replace("input: [N, 1]", inputs))
