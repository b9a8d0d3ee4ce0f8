"""`filter2d`."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import ChannelMismatch, Entry, Remedy, ShapeMismatch, WrongDtype
from archspec.dimensions import Size, equal
from archspec.ops.fields import PaddingOrWord2d, Window2d
from archspec.ops.kernels import Kernels, sizes
from archspec.ops.operation import ModuleOperation, Sizes, check_floating, check_rank
from archspec.ops.windows import Window
from archspec.shapes import Require, convolved
from archspec.tensors import Shape, Tensor

_SOURCE = '''class Filter2d(nn.Module):
    """Slides fixed kernels over N×C×H×W, and gives the maps of each after those of the one before.

    A kernel k×k goes over each channel by itself, a kernel C×k×k over all of them at once.
    """

    def __init__(
        self,
        kernel: list[torch.Tensor],
        stride: int | tuple[int, int] = 1,
        padding: str | int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
    ) -> None:
        super().__init__()
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        for index, numbers in enumerate(kernel):
            name = f"kernel{index}" if len(kernel) > 1 else "kernel"
            self.register_buffer(name, torch.as_tensor(numbers, dtype=torch.float32).clone())

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.maps(input, kernel) for kernel in self.buffers()], 1)

    def maps(self, input: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
        """Give the maps of one kernel."""
        each = kernel.ndim == 2
        return nn.functional.conv2d(
            input,
            kernel.expand(input.shape[1], 1, -1, -1) if each else kernel.unsqueeze(0),
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=input.shape[1] if each else 1,
        )
'''


class Filter2d(ModuleOperation):
    """Slides fixed kernels over N×C×H×W; they are buffers, and never trained.

    A kernel k×k goes over each channel by itself and gives C maps; a kernel C×k×k must have the
    channels of its input, and gives one map. Of several the maps come one after another.
    """

    spatial: ClassVar = True
    torch: ClassVar = "Filter2d"
    memory: ClassVar = "own"
    source: ClassVar = _SOURCE
    example: ClassVar = {"kernel": "gaussian_blur", "padding": "same"}
    arguments: ClassVar = {"kernel": "The name of a fixed kernel, or a list of names."}

    kernel: Kernels
    stride: Window2d = (1, 1)
    padding: PaddingOrWord2d = (0, 0)
    dilation: Window2d = (1, 1)

    @model_validator(mode="after")
    def _same_has_stride_1(self) -> "Filter2d":
        if self.padding == "same" and self.stride != (1, 1):
            raise PydanticCustomError("out_of_range", "`padding: same` needs a stride of 1")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C×H×W of float32, as the kernels are."""
        (x,) = inputs
        check_rank(cls, x, 4)
        check_floating(cls, x)
        if x.dtype != "float32":
            text = f"`{cls.op()}` has kernels of float32, and reads {x.dtype}"
            raise WrongDtype(text, label=f"reads {x} of {x.dtype}")
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×maps×H'×W' with `H' = floor((H + 2p - d(k-1) - 1) / s) + 1`."""
        (x,) = inputs
        maps = sum(self._maps(require, x, kernel) for kernel in self._sizes())
        after = [self._after(require, x, kernel[-2:]) for kernel in self._sizes()]
        for shape, kernel in zip(after, self._sizes(), strict=True):
            for one, other in zip(after[0], shape, strict=True):
                if not require(equal(one, other)):
                    raise _unequal(self._sizes()[0], kernel)
        return (x.reshaped(x.batch, maps, *after[0]),)

    def windows(self) -> tuple[Window, ...]:
        """Give the largest kernel, height before width."""
        largest = (max(sizes) for sizes in zip(*self._windows(), strict=True))
        each = zip(largest, self.stride, self.dilation, strict=True)
        return tuple(Window(*window, self.padding == "same") for window in each)

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`kernel`, or `kernel0`, `kernel1` and so on of several."""
        kernels = self._sizes()
        if len(kernels) == 1:
            return {"kernel": kernels[0]}
        return {f"kernel{index}": kernel for index, kernel in enumerate(kernels)}

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """At each place, as many as each kernel has numbers, in all channels of the input."""
        (x,), (y,) = inputs, outputs
        places = x.batch * prod(y.shape[2:], start=x.channels)
        return places * sum(map(prod, self._windows()))

    def _sizes(self) -> tuple[tuple[int, ...], ...]:
        return tuple(sizes(kernel) for kernel in self.kernel)

    def _windows(self) -> Iterator[tuple[int, ...]]:
        return (kernel[-2:] for kernel in self._sizes())

    def _maps(self, require: Require, x: Tensor, kernel: tuple[int, ...]) -> Size:
        """Say how many maps a kernel gives."""
        if len(kernel) == 2:
            return x.channels
        if not require(equal(x.channels, kernel[0])):
            raise ChannelMismatch(
                "the number of channels in the input and in the kernel must match: the input has "
                f"{x.channels}, and the kernel {_written(kernel)} has {kernel[0]}",
                help="a kernel without channels, k×k, goes over each channel by itself",
            )
        return 1

    def _after(self, require: Require, x: Tensor, kernel: tuple[int, ...]) -> Shape:
        if self.padding == "same":
            return x.shape[2:]
        padding = (0, 0) if isinstance(self.padding, str) else self.padding
        windows = zip(x.shape[2:], kernel, self.stride, padding, self.dilation, strict=True)
        return tuple(convolved(require, *window) for window in windows)


def _unequal(one: tuple[int, ...], other: tuple[int, ...]) -> ShapeMismatch:
    return ShapeMismatch(
        f"`filter2d` cannot put the maps of a kernel {_written(one)} beside those of "
        f"{_written(other)}: they differ in size",
        help=Remedy(
            "with `padding: same` the maps of all kernels are as large as the input",
            Entry("padding", "same"),
        ),
    )


def _written(kernel: tuple[int, ...]) -> str:
    return "×".join(map(str, kernel))
