"""`max_channel_pool`."""

from typing import ClassVar

from archspec.ops.channel_pooling import ChannelPooling, Width
from archspec.ops.operation import check_floating
from archspec.ops.pooling import with_indices
from archspec.shapes import Require
from archspec.tensors import Tensor

_SOURCE = '''class MaxChannelPool(nn.Module):
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
    source: ClassVar = _SOURCE
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
