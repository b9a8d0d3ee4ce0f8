"""Pooling over the channels: a window of 1×1×k slides along them, as others do over space."""

from typing import Annotated, Any, ClassVar, cast

from pydantic import BeforeValidator, model_validator

from archspec.operations.fields import Keywords, bounded
from archspec.operations.operation import FreeOperation, check_floating, check_numbers
from archspec.operations.vocabulary.pooling import check_padding, with_indices
from archspec.sizes import Require, Tensor, pooled

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
    least_rank: ClassVar = 2
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

    def pooled(self, require: Require, x: Tensor, dilation: int, ceil_mode: bool) -> Tensor:
        """Give N×C'×…, where C' is what `max_pool1d` makes of a length C; `all` makes 1."""
        if self.kernel_size == "all":
            return x.reshaped(x.batch, 1, *x.shape[2:])
        check_numbers(type(self), x)
        kernel = cast(int, self.kernel_size)
        window = (kernel, self.stride or kernel, self.padding, dilation, ceil_mode)
        return x.reshaped(x.batch, pooled(require, x.channels, *window), *x.shape[2:])


_AVG_SOURCE = '''class AvgChannelPool(nn.Module):
    """Averages a window that slides over the channels."""

    def __init__(
        self,
        kernel_size: int | str,
        stride: int | None = None,
        padding: int = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        if self.kernel_size == "all":
            return input.mean(1, keepdim=True)
        rows = input.movedim(1, -1)
        pooled = nn.functional.avg_pool1d(
            rows.flatten(0, -2).unsqueeze(1),
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )
        return pooled.view(*rows.shape[:-1], -1).movedim(-1, 1)
'''


class AvgChannelPool(ChannelPooling):
    """Averages windows over the channels of N×C and whatever lies behind it.

    A window of 1×1×k slides along the channels, with the arguments, defaults and sizes of
    `avg_pool1d`; `kernel_size: all` gives one channel.
    """

    torch: ClassVar = "AvgChannelPool"
    source: ClassVar = _AVG_SOURCE

    ceil_mode: bool = False
    count_include_pad: bool = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C'×…, where C' is what `avg_pool1d` makes of a length C."""
        check_floating(type(self), inputs[0])
        return (self.pooled(require, inputs[0], 1, self.ceil_mode),)


_MAX_SOURCE = '''class MaxChannelPool(nn.Module):
    """Takes the maximum of a window that slides over the channels."""

    def __init__(
        self,
        kernel_size: int | str,
        stride: int | None = None,
        padding: int = 0,
        dilation: int = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        if self.kernel_size == "all":
            values, indices = input.max(1, keepdim=True)
            return (values, indices) if self.return_indices else values
        rows = input.movedim(1, -1)
        pooled = nn.functional.max_pool1d(
            rows.flatten(0, -2).unsqueeze(1),
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )
        if not self.return_indices:
            return pooled.view(*rows.shape[:-1], -1).movedim(-1, 1)
        return tuple(part.view(*rows.shape[:-1], -1).movedim(-1, 1) for part in pooled)
'''


class MaxChannelPool(ChannelPooling):
    """Takes the maximum of windows over the channels of N×C and whatever lies behind it.

    A window of 1×1×k slides along the channels, with the arguments, defaults and sizes of
    `max_pool1d`; `kernel_size: all` gives one channel.
    """

    torch: ClassVar = "MaxChannelPool"
    source: ClassVar = _MAX_SOURCE
    results: ClassVar = ("output", "indices")

    dilation: Width = 1
    return_indices: bool = False
    ceil_mode: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C'×…, where C' is what `max_pool1d` makes of a length C."""
        if self.kernel_size != "all" and not self.return_indices:  # as `max_pool1d` has it
            check_floating(type(self), inputs[0])
        made = self.pooled(require, inputs[0], self.dilation, self.ceil_mode)
        return with_indices(made, self.return_indices)
