"""`avg_channel_pool`."""

from typing import ClassVar

from archspec.ops.channel_pooling import ChannelPooling
from archspec.ops.operation import check_floating
from archspec.shapes import Require
from archspec.tensors import Tensor

_SOURCE = '''class AvgChannelPool(nn.Module):
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
    source: ClassVar = _SOURCE

    ceil_mode: bool = False
    count_include_pad: bool = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C'×…, where C' is what `avg_pool1d` makes of a length C."""
        check_floating(type(self), inputs[0])
        return (self.pooled(require, inputs[0], 1, self.ceil_mode),)
