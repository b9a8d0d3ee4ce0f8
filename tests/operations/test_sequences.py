"""Dense layers, attention and recurrent layers, held against what else computes the same.

Swin's attention is held against torchvision's, and layers written with matrix products against the
layers of PyTorch: those count the products.
"""

from itertools import product
from typing import Any

import pytest
import torch
from support.operations.in_torch import constructed
from support.operations.named import layer
from support.operations.written_out import WRITTEN
from support.sizes import number
from support.vision import import_torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from archspec.operations import load, state_of
from archspec.sizes import Tensor

# --- Swin ---------------------------------------------------------------------------------------

SWIN = {
    "shifted_window_attention": "ShiftedWindowAttention",
    "shifted_window_attention_v2": "ShiftedWindowAttentionV2",
}
MAPS = ((8, 8), (7, 9), (5, 1))
WINDOWS = ((4, 4), (3, 5), (7, 7))
SHIFTS = ((0, 0), (2, 2), (1, 0), (6, 5))


def _both(name: str, **arguments: Any) -> tuple[nn.Module, nn.Module]:
    """Construct our module and torchvision's with the same seed."""
    cls = getattr(import_torchvision().models.swin_transformer, SWIN[name])
    theirs_takes = {
        key: list(value) if isinstance(value, tuple) else value for key, value in arguments.items()
    }
    torch.manual_seed(1)
    ours = constructed(layer(name, **arguments), {**arguments, "dim": 8})
    torch.manual_seed(1)
    return ours, cls(8, **theirs_takes)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", SWIN)
def test_attention_in_windows_is_that_of_torchvision(name: str, bias: bool) -> None:
    for size, window, shift in product(MAPS, WINDOWS, SHIFTS):
        given = {"window_size": window, "shift_size": shift, "num_heads": 2}
        more = {"qkv_bias": bias, "proj_bias": bias, "attention_dropout": 0.1, "dropout": 0.2}
        ours, theirs = _both(name, **given, **more)
        state = theirs.state_dict()
        assert [(k, v.shape) for k, v in ours.state_dict().items()] == [
            (k, v.shape) for k, v in state.items()
        ]
        assert all(torch.equal(state[key], value) for key, value in ours.state_dict().items())
        _check_same_function(ours, theirs, torch.randn(2, *size, 8))


def _check_same_function(ours: nn.Module, theirs: nn.Module, x: torch.Tensor) -> None:
    """Compare to the bit, with other weights than the first ones, in training as well."""
    weights = {key: torch.randn_like(value) for key, value in theirs.named_parameters()}
    for module in (ours, theirs):
        module.load_state_dict(weights, strict=False)
    for training in (False, True):
        results = []
        for module in (ours, theirs):
            torch.manual_seed(3)
            results.append(module.train(training)(x))
        assert torch.equal(*results)


@pytest.mark.parametrize("name", SWIN)
def test_attention_in_windows_has_the_sizes_and_macs_of_torchvision(name: str) -> None:
    for size, window in product(MAPS, WINDOWS):
        given = {"window_size": window, "shift_size": (1, 2), "num_heads": 2}
        _, theirs = _both(name, **given)
        swin, x = layer(name, **given), Tensor((2, *size, 8))
        inferred = {key: int(str(value)) for key, value in swin.read_off(x).items()}
        state = state_of(swin.weights(inferred), swin.buffers(inferred))
        assert list(state.items()) == [(k, tuple(v.shape)) for k, v in theirs.state_dict().items()]
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            theirs(torch.zeros(2, *size, 8))
        assert 2 * number(swin.macs((x,), (x,))) == counter.get_total_flops()


# --- written with matrix products -----------------------------------------------------------------

LAYERS: tuple[tuple[str, nn.Module, tuple[tuple[int, ...], ...]], ...] = (
    ("bilinear", nn.Bilinear(3, 4, 5), ((2, 6, 3), (2, 6, 4))),
    ("bilinear", nn.Bilinear(3, 4, 5, bias=False), ((7, 3), (7, 4))),
    ("gru", nn.GRU(3, 4, 2, batch_first=True), ((2, 5, 3),)),
    ("gru", nn.GRU(3, 4, bidirectional=True, batch_first=True), ((2, 5, 3), (2, 2, 4))),
    ("lstm", nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True), ((2, 5, 3),)),
    ("lstm", nn.LSTM(3, 4, bias=False, batch_first=True), ((2, 5, 3), (1, 2, 4), (1, 2, 4))),
    ("rnn", nn.RNN(3, 4, 3, batch_first=True), ((2, 5, 3), (3, 2, 4))),
    ("rnn", nn.RNN(3, 4, nonlinearity="relu", batch_first=True, bidirectional=True), ((2, 5, 3),)),
)


@pytest.mark.parametrize(("name", "layer", "shapes"), LAYERS)
def test_written_with_products_it_is_the_same_layer(
    name: str, layer: nn.Module, shapes: tuple[tuple[int, ...], ...]
) -> None:
    inputs = [torch.randn(shape).double() for shape in shapes]
    wanted = layer.double()(*inputs[:1], *_packed(name, inputs))
    _check_close(WRITTEN[name](layer, inputs), _flat(wanted))


@pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid:UserWarning")
@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 1, 1, 3), (3, 2, 2, 3, 4)])
def test_written_with_a_product_a_grid_is_the_same(size: tuple[int, ...], corners: bool) -> None:
    operation = load("affine_grid").model_validate({"size": size, "align_corners": corners})
    theta = torch.randn(size[0], len(size) - 2, len(size) - 1, dtype=torch.float64)
    grid = torch.nn.functional.affine_grid(theta, list(size), align_corners=corners)
    assert torch.allclose(WRITTEN["affine_grid"](operation, [theta]), grid, rtol=0, atol=1e-12)


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")
def test_written_with_products_a_projection_is_the_same() -> None:
    layer = nn.LSTM(3, 4, 2, proj_size=2, batch_first=True).double()
    inputs = [torch.randn(shape).double() for shape in ((2, 5, 3), (2, 2, 2), (2, 2, 4))]
    _check_close(WRITTEN["lstm"](layer, inputs), _flat(layer(inputs[0], (inputs[1], inputs[2]))))


def _packed(name: str, inputs: list[torch.Tensor]) -> tuple[Any, ...]:
    states = tuple(inputs[1:])
    return (states,) if name == "lstm" and states else states


def _flat(value: Any) -> list[torch.Tensor]:
    return (
        [value] if isinstance(value, torch.Tensor) else [t for item in value for t in _flat(item)]
    )


def _check_close(values: Any, wanted: list[torch.Tensor]) -> None:
    found = _flat(values)
    assert len(found) == len(wanted)
    for value, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(value, other)
