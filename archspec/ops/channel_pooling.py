"""Pooling over the channels: a window of 1×1×k slides along them, as others do over space."""

from typing import Annotated, Any, ClassVar, cast

from pydantic import BeforeValidator, model_validator

from archspec.diagnostics import RankMismatch
from archspec.ops.fields import Keywords, bounded
from archspec.ops.operation import FreeOperation, Sizes
from archspec.ops.pooling import check_numbers_of, check_padding
from archspec.shapes import Require, pooled
from archspec.tensors import Tensor

_ALL = frozenset(["all"])


def _alone(value: Any) -> Any:
    """Take a list of one number for the number."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _at_least(least: int) -> BeforeValidator:
    return BeforeValidator(lambda value: bounded(_alone(value), least))


def _kernel(value: Any) -> Any:
    return value if value == "all" else bounded(_alone(value), 1)


Width = Annotated[int, _at_least(1)]
"""A number of channels, at least 1."""

Border = Annotated[int, _at_least(0)]
"""How many channels are added on either side."""

WidthOrAll = Annotated[int | str, BeforeValidator(_kernel), Keywords(_ALL)]
"""A number of channels, or `all` of them."""


class ChannelPooling(FreeOperation):
    """Makes one number of each window of neighbouring channels, at each place by itself."""

    spatial: ClassVar = True
    memory: ClassVar = "own"
    arguments: ClassVar = {
        "kernel_size": "How many channels a window holds; `all` for all of them.",
        "stride": "How many channels the window moves; the size of the window if not said.",
        "padding": "How many channels are added on either side.",
    }

    kernel_size: WidthOrAll
    stride: Width | None = None
    padding: Border = 0

    @model_validator(mode="after")
    def _padding_at_most_half(self) -> "ChannelPooling":
        if isinstance(self.kernel_size, int):
            check_padding((self.padding,), (self.kernel_size,))
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C and whatever lies behind it."""
        if inputs[0].rank < 2:
            raise RankMismatch(f"`{cls.op()}` takes a tensor with channels, not {inputs[0]}")
        return {}

    def pooled(self, require: Require, x: Tensor, dilation: int, ceil_mode: bool) -> Tensor:
        """Give N×C'×…, where C' is what `max_pool1d` makes of a length C; `all` makes 1."""
        if self.kernel_size == "all":
            return x.reshaped(x.batch, 1, *x.shape[2:])
        check_numbers_of(type(self), x)
        kernel = cast(int, self.kernel_size)
        window = (kernel, self.stride or kernel, self.padding, dilation, ceil_mode)
        return x.reshaped(x.batch, pooled(require, x.channels, *window), *x.shape[2:])
