"""Windows and broadcasting against PyTorch, and against windows counted one by one."""

from functools import partial
from itertools import product
from random import Random

import pytest
import torch
import torch.nn.functional as F

from archspec.diagnostics import ChannelMismatch, ShapeMismatch, WindowTooLarge
from archspec.sizes import Tensor, Truth, substitute, symbol
from archspec.sizes.shapes import broadcast, convolved, pooled, promoted

DTYPES = (
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
)


def positions(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Count the places at which a dilated window lies inside the padded input."""
    padded = size + 2 * padding
    return len(range(0, padded - dilation * (kernel - 1), stride))


@pytest.mark.parametrize("size", range(1, 13))
def test_a_convolution_gives_one_number_for_each_place_of_its_window(size: int) -> None:
    for window in product((1, 2, 3, 5), (1, 2, 3), (0, 1, 3), (1, 2)):
        expected = positions(size, *window)
        if expected:
            assert convolved(bool, size, *window) == expected, window
        else:
            with pytest.raises(WindowTooLarge):
                convolved(bool, size, *window)


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_pooling_is_pytorchs(ceil_mode: bool) -> None:
    ran = 0
    for size, *window in product(range(1, 12), (1, 2, 3, 4, 5), (1, 2, 3, 5), (0, 1, 2), (1, 2, 3)):
        kernel, stride, padding, dilation = window
        if 2 * padding > kernel:
            continue
        ours = partial(pooled, bool, size, kernel, stride, padding, dilation, ceil_mode)
        try:
            expected = F.max_pool1d(
                torch.zeros(1, 1, size), kernel, stride, padding, dilation, ceil_mode
            ).shape[-1]
        except RuntimeError:
            with pytest.raises(WindowTooLarge):
                ours()
        else:
            ran += 1
            assert ours() == expected, (size, window)
    assert ran > 500


class Conditions(list[Truth]):
    """A `require` that keeps what it is asked."""

    def __call__(self, truth: Truth) -> bool:
        self.append(truth)
        return True

    def hold(self, **values: int) -> bool:
        return all(truth if isinstance(truth, bool) else truth.holds(values) for truth in self)


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_pooling_of_a_symbol_is_that_of_every_number(ceil_mode: bool) -> None:
    for window in product((1, 2, 3, 4), (1, 2, 3, 5), (0, 1, 2), (1, 2)):
        if 2 * window[2] > window[0]:
            continue
        kept = Conditions()
        size = pooled(kept, symbol("H"), *window, ceil_mode)
        for height in range(1, 12):
            if kept.hold(H=height):
                expected = pooled(bool, height, *window, ceil_mode)
                assert substitute(size, {"H": height}) == expected, window
            else:
                with pytest.raises(WindowTooLarge):
                    pooled(bool, height, *window, ceil_mode)


def test_the_published_example_of_ceil_mode() -> None:
    """Average pooling k4 s4 p2 over 9 gives 3: a fourth window would start in the padding."""
    assert pooled(bool, 9, 4, 4, 2, 1, True) == 3
    assert pooled(bool, 2, 3, 2, 0, 1, True) == 1


def test_a_window_that_does_not_fit_says_by_how_much() -> None:
    with pytest.raises(WindowTooLarge, match="3 > 2") as plain:
        convolved(bool, 2, 3, 1, 0, 1)
    assert "an input of 2" in plain.value.message
    with pytest.raises(WindowTooLarge, match=r"kernel 3, dilation 3.*7 > 6"):
        convolved(bool, 6, 3, 1, 0, 3)
    with pytest.raises(WindowTooLarge, match=r"an input of 4 \(with padding\)"):
        convolved(bool, 2, 5, 1, 1, 1)


def test_broadcasting_is_pytorchs() -> None:
    random = Random(0)
    ran = 0
    for _ in range(1500):
        count = random.randint(1, 3)
        shapes = [tuple(random.choices((1, 1, 2, 3), k=random.randint(1, 4))) for _ in range(count)]
        tensors = tuple(map(Tensor, shapes))
        try:
            expected = torch.broadcast_shapes(*shapes)
        except RuntimeError:
            kinds = (ChannelMismatch, ShapeMismatch)
            with pytest.raises(kinds, match="`add` cannot join its inputs"):
                broadcast(bool, "add", tensors)
        else:
            ran += 1
            assert broadcast(bool, "add", tensors).shape == tuple(expected)
    assert 300 < ran < 1400


def test_symbols_that_must_be_equal_become_a_condition() -> None:
    kept = Conditions()
    a, b = Tensor((symbol("N"), 8, symbol("H"))), Tensor((symbol("N"), 1, 2 * symbol("K")))
    assert str(broadcast(kept, "add", (a, b))) == "N×8×H"
    assert kept.hold(H=6, K=3)
    assert not kept.hold(H=6, K=4)


def test_dtypes_are_promoted_as_pytorch_does() -> None:
    for a, b in product(DTYPES, repeat=2):
        expected = torch.promote_types(getattr(torch, a), getattr(torch, b))
        assert f"torch.{promoted((Tensor((1,), a), Tensor((1,), b)))}" == str(expected)
