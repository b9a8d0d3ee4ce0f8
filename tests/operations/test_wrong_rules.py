"""Wrong rules, planted one at a time: what holds the operations finds each of them."""

import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from support.operations.contract import NAMES, disagreements

from archspec.operations import Operation, load
from archspec.sizes import Require, Size, Tensor, equal, shapes

Plant = Callable[[pytest.MonkeyPatch], None]

CLASSES = [load(name) for name in NAMES]  # a file that is first read later would keep what is wrong


def formula(name: str, wrong: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Plant:
    """Plant a wrong formula wherever the right one is used."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        right = getattr(shapes, name)
        replaced = wrong(right)
        for module in modules():
            if getattr(module, name, None) is right:
                patch.setattr(module, name, replaced)

    return plant


def modules() -> list[ModuleType]:
    return [found for key, found in sys.modules.items() if key.startswith("archspec")]


def method(
    operation: str, name: str, wrong: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Plant:
    """Plant a wrong method in the class of an operation."""
    cls = load(operation)
    return lambda patch: patch.setattr(cls, name, wrong(getattr(cls, name)))


# --- the wrong rules --------------------------------------------------------------------------


def floor_for_ceil(pooled: Callable[..., Size]) -> Callable[..., Size]:
    return lambda *window: pooled(*window[:-1], False)


def ceil_without_its_correction(pooled: Callable[..., Size]) -> Callable[..., Size]:
    def wrong(require: Require, size: Size, *window: Any) -> Size:
        kernel, stride, padding, dilation, ceil_mode = window
        more = stride - 1 if ceil_mode else 0
        free: Size = size + 2 * padding - shapes.effective(kernel, dilation) + more
        return free // int(stride) + 1

    return wrong


def groups_not_checked(split_evenly: Callable[..., None]) -> Callable[..., None]:
    return lambda *arguments: None


def output_padding_forgotten(transposed: Callable[..., Size]) -> Callable[..., Size]:
    def wrong(require: Require, size: Size, *window: int) -> Size:
        kernel, stride, padding, _, dilation = window
        return transposed(require, size, kernel, stride, padding, 0, dilation)

    return wrong


def a_size_of_1_stays(wider: Callable[..., Size]) -> Callable[..., Size]:
    def wrong(require: Require, operation: str, a: Size, b: Size, name: str) -> Size:
        if not require(equal(a, b)):
            raise shapes.mismatch(operation, name, a, b)
        return a

    return wrong


def reflected_as_large_as_the_input(outputs: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, require: Require, x: Tensor) -> tuple[Tensor, ...]:
        mode = "circular" if self.mode == "reflect" else self.mode
        return tuple(outputs(self.model_copy(update={"mode": mode}), require, x))

    return wrong


def transposed_in_the_order_of_conv(weights: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Operation, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        right = weights(self, inferred)
        first, second, *kernel = right["weight"]
        return {**right, "weight": (second, first, *kernel)}

    return wrong


def as_many_chunks_as_asked_for(outputs: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, require: Require, x: Tensor) -> tuple[Tensor, ...]:
        right = outputs(self, require, x)
        return (*right, *right[-1:] * (self.chunks - len(right)))

    return wrong


def a_buffer_forgotten(buffers: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Operation, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        right = buffers(self, inferred)
        return {name: shape for name, shape in right.items() if name != "num_batches_tracked"}

    return wrong


def macs_without_groups(macs: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *tensors: macs(self, *tensors) * self.groups


def the_dtype_of_the_first_input(outputs: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        right = outputs(self, require, *inputs)
        return tuple(Tensor(tensor.shape, inputs[0].dtype) for tensor in right)

    return wrong


def as_many_maps_as_samples(outputs: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, require: Require, x: Tensor, boxes: Tensor) -> tuple[Tensor, ...]:
        (right,) = outputs(self, require, x, boxes)
        return (right.reshaped(x.batch, *right.shape[1:]),)

    return wrong


def of_every_size(outputs: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, require, *inputs: outputs(self, lambda truth: True, *inputs)


def repeated_along_the_last_dimension(outputs: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, require: Require, x: Tensor) -> tuple[Tensor, ...]:
        last = self.model_copy(update={"dim": self.dim and x.rank - 1})
        return tuple(outputs(last, require, x))

    return wrong


def as_large_as_the_input(outputs: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, require: Require, x: Tensor, grid: Tensor) -> tuple[Tensor, ...]:
        outputs(self, require, x, grid)
        return (x,)

    return wrong


def lengths_behind_the_direction(weights: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Operation, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        return dict(reversed(weights(self, inferred).items()))

    return wrong


def vectors_of_the_first_dimension(buffers: Callable[..., Any]) -> Callable[..., Any]:
    def wrong(self: Any, inferred: Mapping[str, int]) -> Any:
        if self.spectral_norm is None:
            return buffers(self, inferred)
        return self.spectral_norm.buffers(self.filled(inferred)["weight"], 0)

    return wrong


WRONG: dict[str, tuple[str, Plant]] = {
    "as many maps as samples": (
        "roi_align",
        method("roi_align", "outputs", as_many_maps_as_samples),
    ),
    "as large as the input": (
        "grid_sample",
        method("grid_sample", "outputs", as_large_as_the_input),
    ),
    "macs of a deformed convolution without groups": (
        "deform_conv2d",
        method("deform_conv2d", "macs", macs_without_groups),
    ),
    "lengths behind the direction": (
        "linear",
        method("linear", "weights", lengths_behind_the_direction),
    ),
    "vectors of the first dimension": (
        "conv_transpose2d",
        method("conv_transpose2d", "buffers", vectors_of_the_first_dimension),
    ),
    "floor for ceil": ("max_pool2d", formula("pooled", floor_for_ceil)),
    "ceil without its correction": ("avg_pool2d", formula("pooled", ceil_without_its_correction)),
    "groups not checked": ("conv2d", formula("split_evenly", groups_not_checked)),
    "output padding forgotten": (
        "conv_transpose2d",
        formula("transposed", output_padding_forgotten),
    ),
    "a size of 1 stays": ("add", formula("_wider", a_size_of_1_stays)),
    "reflected as large as the input": (
        "pad",
        method("pad", "outputs", reflected_as_large_as_the_input),
    ),
    "transposed weight in the order of conv": (
        "conv_transpose2d",
        method("conv_transpose2d", "filled", transposed_in_the_order_of_conv),
    ),
    "as many chunks as asked for": (
        "chunk",
        method("chunk", "outputs", as_many_chunks_as_asked_for),
    ),
    "a buffer forgotten": ("batch_norm2d", method("batch_norm2d", "buffers", a_buffer_forgotten)),
    "a comparison of the dtype that it reads": (
        "gt",
        method("gt", "outputs", the_dtype_of_the_first_input),
    ),
    "places of the dtype of the numbers": (
        "topk",
        method("topk", "outputs", the_dtype_of_the_first_input),
    ),
    "indices of more than there is": ("scatter", method("scatter", "outputs", of_every_size)),
    "more than there are": ("topk", method("topk", "outputs", of_every_size)),
    "repeated along the last dimension": (
        "repeat_interleave",
        method("repeat_interleave", "outputs", repeated_along_the_last_dimension),
    ),
    "macs without groups": ("conv2d", method("conv2d", "macs", macs_without_groups)),
}


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Forget what was worked out under other rules."""
    forget()
    yield
    forget()


def forget() -> None:
    for module in modules():
        for item in vars(module).values():
            if hasattr(item, "cache_clear"):
                item.cache_clear()


@pytest.mark.parametrize("rule", WRONG)
def test_a_wrong_rule_is_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, plant = WRONG[rule]
    plant(monkeypatch)
    assert disagreements(operation)


def test_nothing_is_found_where_no_wrong_rule_is_planted() -> None:
    operations = sorted({operation for operation, _ in WRONG.values()})
    assert [disagreements(name) for name in operations] == [[]] * len(operations)


def test_ten_wrong_rules_are_planted() -> None:
    assert len(WRONG) >= 10
