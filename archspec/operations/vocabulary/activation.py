"""Activations: functions of each number, and of all along a dimension, such as `softmax`."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from archspec.diagnostics import ChannelMismatch, Entry, Remedy, ShapeMismatch, Without
from archspec.operations.checks import axis, check_holds, replaced
from archspec.operations.fields import Count, Extended, Finite, Positive, refused
from archspec.operations.operation import ElementwiseOperation, FloatingOperation, Kind
from archspec.sizes import Require, Tensor, divisible, equal, is_floating


class Activation(ElementwiseOperation):
    """A function of each number that is no straight line."""

    activates: ClassVar = True
    takes: ClassVar[Kind] = "floating"


class ConvertingActivation(Activation):
    """One that turns integers into floating-point numbers."""

    takes: ClassVar[Kind] = "any"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; what is no floating-point number becomes float32."""
        (x,) = inputs
        return (x if is_floating(x.dtype) else Tensor(x.shape),)


class BoundingActivation(Activation):
    """One whose arguments are numbers of the dtype that it reads: integers have no infinity."""

    takes: ClassVar = "numbers"

    bounds: ClassVar[tuple[str, ...]]
    """The names of those arguments."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        for name in self.bounds:
            check_holds(self, inputs[0].dtype, getattr(self, name))
        return inputs


class SlopedActivation(Activation):
    """One that keeps what is above 0, and multiplies or bends what is below."""

    slope: ClassVar[str]
    """The argument that turns signs where it is negative."""

    def can_overwrite(self) -> bool:
        """Say no where it turns signs: what stood there cannot be read off what comes out."""
        return bool(getattr(self, self.slope) >= 0)


class Relu(Activation):
    """`max(x, 0)` of each number."""

    torch: ClassVar = "nn.ReLU"
    takes: ClassVar = "numbers"
    never_negative: ClassVar = True

    inplace: bool = False


class Relu6(Activation):
    """`min(max(x, 0), 6)` of each number."""

    torch: ClassVar = "nn.ReLU6"
    takes: ClassVar = "numbers"
    never_negative: ClassVar = True

    inplace: bool = False


class Gelu(Activation):
    """`x * Phi(x)` of each number, where `Phi` is the normal distribution's."""

    torch: ClassVar = "nn.GELU"

    approximate: Literal["none", "tanh"] = "none"


class Silu(Activation):
    """`x * sigmoid(x)` of each number, also called swish."""

    torch: ClassVar = "nn.SiLU"

    inplace: bool = False


class Mish(Activation):
    """`x * tanh(log(1 + exp(x)))` of each number."""

    torch: ClassVar = "nn.Mish"

    inplace: bool = False


class Hardswish(Activation):
    """`x * min(max(x + 3, 0), 6) / 6` of each number."""

    torch: ClassVar = "nn.Hardswish"

    inplace: bool = False


class Sigmoid(ConvertingActivation):
    """`1 / (1 + exp(-x))` of each number."""

    torch: ClassVar = "nn.Sigmoid"
    never_negative: ClassVar = True


class Tanh(ConvertingActivation):
    """`tanh(x)` of each number."""

    torch: ClassVar = "nn.Tanh"


class Hardsigmoid(Activation):
    """`min(max(x + 3, 0), 6) / 6` of each number."""

    torch: ClassVar = "nn.Hardsigmoid"
    never_negative: ClassVar = True

    inplace: bool = False


class LogSigmoid(Activation):
    """`log(1 / (1 + exp(-x)))` of each number."""

    torch: ClassVar = "nn.LogSigmoid"


class Softplus(Activation):
    """`log(1 + exp(beta * x)) / beta` of each number.

    Where `beta * x` is above `threshold`, `x` itself, which is the same but for rounding.
    """

    torch: ClassVar = "nn.Softplus"
    never_negative: ClassVar = True
    arguments: ClassVar = {
        "beta": "What the input is multiplied by before, and divided by after.",
        "threshold": "Above which `beta * x` the input is taken for the result.",
    }

    beta: Positive = 1.0
    threshold: Extended = 20.0


class Softsign(ConvertingActivation):
    """`x / (1 + abs(x))` of each number."""

    torch: ClassVar = "nn.Softsign"
    takes: ClassVar = "numbers"


class Tanhshrink(ConvertingActivation):
    """`x - tanh(x)` of each number."""

    torch: ClassVar = "nn.Tanhshrink"
    takes: ClassVar = "numbers"


class Elu(SlopedActivation):
    """`x` where it is above 0, else `alpha * (exp(x) - 1)`, of each number."""

    torch: ClassVar = "nn.ELU"
    slope: ClassVar = "alpha"

    alpha: Finite = 1.0
    inplace: bool = False


class Celu(Activation):
    """`max(0, x) + min(0, alpha * (exp(x / alpha) - 1))` of each number."""

    torch: ClassVar = "nn.CELU"

    alpha: Positive = 1.0
    inplace: bool = False


class Selu(Activation):
    """`scale * x` of each number above 0, else `scale * alpha * (exp(x) - 1)`.

    `alpha` is 1.6733 and `scale` 1.0507: with them numbers keep a mean of 0 and a variance of 1
    through many layers (Klambauer et al., 2017).
    """

    torch: ClassVar = "nn.SELU"

    inplace: bool = False


class LeakyRelu(SlopedActivation):
    """`x` where it is above 0, else `negative_slope * x`, of each number."""

    torch: ClassVar = "nn.LeakyReLU"
    slope: ClassVar = "negative_slope"

    negative_slope: Finite = 0.01
    inplace: bool = False


class Rrelu(SlopedActivation):
    """`x` where it is above 0, else `slope * x`, of each number.

    In training each slope is drawn between `lower` and `upper`; in evaluation it is their mean.
    PyTorch does not train it with float16 on the CPU.
    """

    torch: ClassVar = "nn.RReLU"
    slope: ClassVar = "lower"
    arguments: ClassVar = {
        "lower": "The least slope below 0.",
        "upper": "The largest slope below 0.",
    }

    lower: Finite = 1 / 8
    upper: Finite = 1 / 3
    inplace: bool = False

    @model_validator(mode="after")
    def _rises(self) -> "Rrelu":
        if self.lower <= self.upper:
            return self
        raise refused(f"`lower: {self.lower:g}` must be at most `upper: {self.upper:g}`")


class Prelu(Activation):
    """`x` where it is above 0, else `weight * x`, of each number; the slope `weight` is learnt.

    There is one slope for all, or one for each channel. They start at 0.25 unless `init` says
    otherwise.
    """

    torch: ClassVar = "nn.PReLU"
    arguments: ClassVar = {
        "num_parameters": "How many slopes are learnt: 1, or one for each channel.",
    }

    num_parameters: Count = 1

    @classmethod
    def by_position(cls) -> tuple[str, ...]:
        """Write the number of slopes, where there are several, as the only argument that it is."""
        return ("num_parameters",)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; several slopes are as many as there are channels."""
        (x,) = inputs
        channels = x.channels if x.rank > 1 else 1
        if self.num_parameters == 1 or require(equal(channels, self.num_parameters)):
            return inputs
        raise ChannelMismatch(
            f"`prelu` has {self.num_parameters} slopes, and the number of channels is {channels}",
            label=f"reads {x}",
            help=Remedy(
                f"leave out `num_parameters` for one slope, or write `num_parameters: {channels}`",
                Without("num_parameters"),
                Entry("num_parameters", str(channels)),
            ),
        )

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One slope, or one a channel."""
        return {"weight": (self.num_parameters,)}

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of slopes."""
        return {"num_parameters": weight[0]}


class Hardtanh(BoundingActivation):
    """`min(max(x, min_val), max_val)` of each number."""

    torch: ClassVar = "nn.Hardtanh"
    bounds: ClassVar = ("min_val", "max_val")
    arguments: ClassVar = {
        "min_val": "The smallest number that comes out.",
        "max_val": "The largest number that comes out.",
    }

    min_val: Extended = -1.0
    max_val: Extended = 1.0
    inplace: bool = False

    @model_validator(mode="after")
    def _rises(self) -> "Hardtanh":
        if self.max_val > self.min_val:
            return self
        raise refused(f"`min_val: {self.min_val:g}` must be below `max_val: {self.max_val:g}`")


class Hardshrink(Activation):
    """`x` where it is above `lambd` or below `-lambd`, else 0, of each number."""

    torch: ClassVar = "nn.Hardshrink"
    arguments: ClassVar = {"lambd": "Numbers no farther from 0 than this become 0."}

    lambd: Extended = 0.5


class Softshrink(Activation):
    """Each number brought nearer to 0 by `lambd`, and 0 where it is no farther away."""

    torch: ClassVar = "nn.Softshrink"
    arguments: ClassVar = {"lambd": "How much nearer to 0 each number comes."}

    lambd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.5


class Threshold(BoundingActivation):
    """`x` where it is above `threshold`, else `value`, of each number."""

    torch: ClassVar = "nn.Threshold"
    bounds: ClassVar = ("threshold", "value")
    arguments: ClassVar = {
        "threshold": "Numbers above this stay as they are.",
        "value": "What comes out in place of the others.",
    }

    threshold: Extended
    value: Extended
    inplace: bool = False


class Glu(FloatingOperation):
    """`a * sigmoid(b)` of the two halves `a` and `b` along `dim`: the gated linear unit."""

    torch: ClassVar = "nn.GLU"
    arguments: ClassVar = {"dim": "The dimension that is halved into values and their gates."}

    dim: int = -1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give half the size along `dim`, and the others as they are."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        size = x.shape[index]
        if not require(divisible(size, 2)):
            raise ShapeMismatch(
                f"`glu` cannot halve dimension {self.dim}, which has an odd size of {size}",
                label=f"reads {x}",
                help="`dim` says which dimension holds the values and their gates",
            )
        return (replaced(x, index, size // 2),)


class AlongDimension(FloatingOperation):
    """A module that computes with all numbers along `dim`, and gives as many."""

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axis(self, self.dim, inputs[0].rank)
        return inputs


class Softmax(AlongDimension):
    """`exp(x)` of each number, divided by their sum along `dim`."""

    torch: ClassVar = "nn.Softmax"
    never_negative: ClassVar = True


class Softmax2d(FloatingOperation):
    """`exp(x)` of each number, divided by their sum over the channels at each place of N×C×H×W."""

    torch: ClassVar = "nn.Softmax2d"
    ranks: ClassVar = (4,)
    never_negative: ClassVar = True


class Softmin(AlongDimension):
    """`exp(-x)` of each number, divided by their sum along `dim`."""

    torch: ClassVar = "nn.Softmin"
    never_negative: ClassVar = True


class LogSoftmax(AlongDimension):
    """`log(exp(x) / sum(exp(x)))` of each number, the sum taken along `dim`."""

    torch: ClassVar = "nn.LogSoftmax"
