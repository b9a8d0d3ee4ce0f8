"""What the warnings ask of operations is so in PyTorch, on random numbers."""

import subprocess
import sys
import warnings
from typing import NamedTuple

import pytest
import torch
from support.operations.in_torch import constructed, module
from support.operations.named import layer
from torch import nn

from archspec.diagnostics import Problem
from archspec.operations import ModuleOperation, Operation, Window, load, names
from archspec.sizes import Tensor


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Draw the same numbers in every run."""
    torch.manual_seed(5)


# --- windows: a place is read where the output changes with it ---------------------------------

WINDOWS = [
    Window(kernel, stride, dilation)
    for kernel in range(1, 6)
    for stride in range(1, 6)
    for dilation in range(1, 5)
]


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_places_that_are_not_read_receive_no_gradient(window: Window) -> None:
    arguments = {
        "out_channels": 1,
        "kernel_size": window.kernel,
        "stride": window.stride,
        "dilation": window.dilation,
    }
    conv = module(layer("conv1d", **arguments), {"in_channels": 1})
    x = torch.rand(1, 1, 120, requires_grad=True)
    conv(x).sum().backward()
    assert x.grad is not None
    inner = x.grad[0, 0, 30 : 30 + 4 * window.stride]
    assert int((inner == 0).sum()) == 4 * window.unread


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
@pytest.mark.parametrize(("kernel", "stride"), [(2, 3), (2, 5), (3, 3), (3, 2), ([1, 2], 2)])
def test_a_pool_reads_what_its_windows_do(name: str, kernel: object, stride: int) -> None:
    pool = layer(name, kernel_size=kernel, stride=stride)
    x = torch.rand(200, 1, 6 * stride, 6 * stride, requires_grad=True)
    module(pool, {})(x).sum().backward()
    assert x.grad is not None
    read_at = (x.grad != 0).any(dim=0)[0]
    for dim, window in enumerate(pool.windows()):
        rows = read_at.any(dim=1 - dim)[: 5 * stride]
        assert int((~rows).sum()) == 5 * window.unread


@pytest.mark.parametrize("kernel", range(2, 6))
@pytest.mark.parametrize("dilation", range(1, 4))
def test_a_lopsided_window_reads_further_to_one_side(kernel: int, dilation: int) -> None:
    arguments = {"out_channels": 1, "kernel_size": kernel, "dilation": dilation, "padding": "same"}
    conv = layer("conv1d", **arguments)
    x = torch.rand(1, 1, 41, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of an even kernel, once a process
        module(conv, {"in_channels": 1})(x)[0, 0, 20].backward()
    assert x.grad is not None
    read_at = x.grad[0, 0].nonzero().flatten()
    (window,) = conv.windows()
    assert window.is_lopsided == (20 - int(read_at.min()) != int(read_at.max()) - 20)


def test_pytorch_warns_of_an_even_kernel_with_same() -> None:
    """It does so once a process, so that a process of its own is asked."""
    code = "import torch; torch.nn.Conv1d(1, 1, 4, padding='same')(torch.rand(1, 1, 9))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert b"even kernel lengths" in found.stderr


# --- what the rules ask of each operation -------------------------------------------------------


ARGUMENTS = {"out_channels": 6, "out_features": 8, "dim": 1, "p": 0.5, "value": -1.0, "mode": "row"}
"""What is given for arguments without a default; 2 for all others."""

SHAPES = ((4, 6, 8, 8), (4, 6, 8), (4, 6), (4, 6, 8, 8, 8))


class Built(NamedTuple):
    """A module operation of one input, its counterpart in PyTorch, and the shapes around it."""

    operation: ModuleOperation
    module: nn.Module
    shape: tuple[int, ...]
    outputs: tuple[Tensor, ...]

    @property
    def tensor(self) -> Tensor:
        return Tensor(self.shape)

    @property
    def keeps(self) -> bool:
        return self.outputs == (self.tensor,)


def built(cls: type[Operation], shape: tuple[int, ...], **arguments: object) -> Built | None:
    """Build an operation for a shape; `None` where it takes none such."""
    given = {name: ARGUMENTS.get(name, 2) for name in cls.required()} | arguments
    if cls.arity != (1, 1) or not issubclass(cls, ModuleOperation):
        return None
    try:
        made = cls.model_validate(given)
        inferred = made.read_off(Tensor(shape))
        outputs = made.outputs(bool, Tensor(shape))
    except (Problem, ValueError):
        return None
    fields = {name: getattr(made, name) for name in cls.model_fields}
    return Built(made, constructed(made, {**inferred, **fields}), shape, outputs)


ALL = [
    made
    for name in sorted(names())
    for shape in SHAPES
    for made in [built(load(name), shape)]
    if made is not None
]
GROUPS = [built(load("group_norm"), SHAPES[0], num_groups=groups) for groups in (1, 3, 6)]
OVER_CHANNELS = built(load("layer_norm"), SHAPES[0], dim=1)
STATISTICS = [
    built(load(f"{kind}_norm2d"), SHAPES[0], track_running_stats=kept)
    for kind in ("batch", "instance")
    for kept in (True, False)
]


def named(case: Built) -> str:
    return f"{case.operation.op()}-{len(case.shape)}"


def test_enough_operations_are_tried() -> None:
    """What keeps the shape, has a bias or normalises is what the rules ask about, of one input."""
    tried = {case.operation.op() for case in ALL}
    for name in names():
        cls = load(name)
        asked = cls.activates or cls.passes_on or cls.bias_dim is not None
        if issubclass(cls, ModuleOperation) and cls.arity[0] == 1 and (asked or normalises(cls)):
            assert name in tried


def normalises(cls: type[Operation]) -> bool:
    return cls.normalised is not Operation.normalised


CHANGING = {case.operation.op() for case in ALL if not case.keeps}
KEEPING = [case for case in ALL if case.operation.op() not in CHANGING]


@pytest.mark.parametrize("case", KEEPING, ids=named)
def test_what_operations_say_of_their_numbers(case: Built) -> None:
    made, apply = case.operation, case.module.double().eval()
    x = torch.randn(case.shape).double() * 4
    y = apply(x)
    assert made.activates == (is_by_number(apply, x) and not is_straight(apply, x))
    assert made.passes_on == (torch.equal(y, x) and not apply.state_dict())
    if is_by_number(apply, x):
        assert made.never_negative == bool((y >= 0).all())


@pytest.mark.parametrize("case", KEEPING, ids=named)
def test_what_varies_otherwise_in_training(case: Built) -> None:
    apply = case.module.double()
    x = torch.randn(1000, *case.shape[1:]).double()
    with torch.no_grad():
        ratio = float(apply.train()(x).var() / apply.eval()(x).var())
    assert case.operation.shifts_variance() == (abs(ratio - 1) > 0.3)


def is_by_number(apply: nn.Module, x: torch.Tensor) -> bool:
    """Say whether each number that comes out depends on the one in its place, in the same way."""
    order = torch.randperm(x.numel())
    mixed = x.flatten()[order].reshape(x.shape)
    return torch.allclose(apply(x).flatten()[order].reshape(x.shape), apply(mixed))


def is_straight(apply: nn.Module, x: torch.Tensor) -> bool:
    """Say whether the value between two inputs lies between their values."""
    other = torch.randn(x.shape).double() * 4
    middle = (apply(x) + apply(other)) / 2
    return torch.allclose(apply((x + other) / 2), middle)


BIASED = [case for case in ALL if case.operation.bias_dim is not None]


@pytest.mark.parametrize("case", BIASED, ids=named)
def test_a_bias_is_added_along_its_dimension(case: Built) -> None:
    assert case.operation.bias_dim is not None
    x, layer = torch.rand(case.shape).double(), case.module.double()
    before = layer(x)
    with torch.no_grad():
        layer.get_parameter("bias")[1] += 1
    change = (layer(x) - before).detach().movedim(case.operation.bias_dim, 0)
    assert torch.allclose(change[1], torch.ones_like(change[1]))
    assert int((change != 0).flatten(1).any(dim=1).sum()) == 1


NORMS = [
    case for case in (*ALL, *GROUPS, OVER_CHANNELS) if case and normalises(type(case.operation))
]


@pytest.mark.parametrize("case", NORMS, ids=named)
def test_so_many_values_share_a_mean(case: Built) -> None:
    x = torch.randn(case.shape, dtype=torch.float64, requires_grad=True)
    case.module.train().double()(x).flatten()[0].backward()
    assert x.grad is not None
    assert int((x.grad != 0).sum()) == case.operation.normalised(case.tensor)


@pytest.mark.parametrize("case", NORMS, ids=named)
@pytest.mark.parametrize("dim", [1, -1])
def test_what_is_added_along_the_centred_dimension_is_taken_away(case: Built, dim: int) -> None:
    layer = case.module.train().double()
    x = torch.randn(case.shape, dtype=torch.float64)
    added = torch.randn(case.shape[dim], dtype=torch.float64)
    dim %= len(case.shape)
    moved = (x.movedim(dim, -1) + added).movedim(-1, dim)
    is_the_same = torch.allclose(layer(moved), layer(x))
    centred = case.operation.centred_dim(case.tensor) == dim
    # a layer norm takes away what is equal in all that it looks at, which no layer's bias is
    assert is_the_same == centred or (is_the_same and case.operation.op() == "layer_norm")


@pytest.mark.parametrize("case", [*NORMS, *filter(None, STATISTICS)], ids=named)
def test_a_norm_that_keeps_statistics_gives_others_after_training(case: Built) -> None:
    layer, x = case.module.double(), torch.randn(case.shape, dtype=torch.float64)
    before = layer.eval()(x)
    layer.train()(3 * x)
    assert case.operation.keeps_statistics() == (not torch.equal(layer.eval()(x), before))
