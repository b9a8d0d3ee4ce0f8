"""Activations that are fixed functions of each number, without bounds or slopes of their own."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import ChannelMismatch, Entry, Remedy, ShapeMismatch, Without
from archspec.operations.fields import Count, Extended, Finite, Positive
from archspec.operations.functional import axis, replaced
from archspec.operations.numeric import (
    BoundingOperation,
    ConvertingNumericOperation,
    ConvertingOperation,
    FloatingOperation,
    NumericOperation,
)
from archspec.sizes import Require, Tensor, divisible, equal


class Relu(NumericOperation):
    """`max(x, 0)` of each number."""

    torch: ClassVar = "nn.ReLU"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False


class Relu6(NumericOperation):
    """`min(max(x, 0), 6)` of each number."""

    torch: ClassVar = "nn.ReLU6"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False


class Gelu(FloatingOperation):
    """`x * Phi(x)` of each number, where `Phi` is the normal distribution's."""

    torch: ClassVar = "nn.GELU"
    activates: ClassVar = True

    approximate: Literal["none", "tanh"] = "none"


class Silu(FloatingOperation):
    """`x * sigmoid(x)` of each number, also called swish."""

    torch: ClassVar = "nn.SiLU"
    activates: ClassVar = True

    inplace: bool = False


class Mish(FloatingOperation):
    """`x * tanh(log(1 + exp(x)))` of each number."""

    torch: ClassVar = "nn.Mish"
    activates: ClassVar = True

    inplace: bool = False


class Hardswish(FloatingOperation):
    """`x * min(max(x + 3, 0), 6) / 6` of each number."""

    torch: ClassVar = "nn.Hardswish"
    activates: ClassVar = True

    inplace: bool = False


class Sigmoid(ConvertingOperation):
    """`1 / (1 + exp(-x))` of each number."""

    torch: ClassVar = "nn.Sigmoid"
    activates: ClassVar = True
    never_negative: ClassVar = True


class Tanh(ConvertingOperation):
    """`tanh(x)` of each number."""

    torch: ClassVar = "nn.Tanh"
    activates: ClassVar = True


class Hardsigmoid(FloatingOperation):
    """`min(max(x + 3, 0), 6) / 6` of each number."""

    torch: ClassVar = "nn.Hardsigmoid"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False


class LogSigmoid(FloatingOperation):
    """`log(1 / (1 + exp(-x)))` of each number."""

    torch: ClassVar = "nn.LogSigmoid"
    activates: ClassVar = True


class Softplus(FloatingOperation):
    """`log(1 + exp(beta * x)) / beta` of each number.

    Where `beta * x` is above `threshold`, `x` itself, which is the same but for rounding.
    """

    torch: ClassVar = "nn.Softplus"
    activates: ClassVar = True
    never_negative: ClassVar = True
    arguments: ClassVar = {
        "beta": "What the input is multiplied by before, and divided by after.",
        "threshold": "Above which `beta * x` the input is taken for the result.",
    }

    beta: Positive = 1.0
    threshold: Extended = 20.0


class Softsign(ConvertingNumericOperation):
    """`x / (1 + abs(x))` of each number."""

    torch: ClassVar = "nn.Softsign"
    activates: ClassVar = True


class Tanhshrink(ConvertingNumericOperation):
    """`x - tanh(x)` of each number."""

    torch: ClassVar = "nn.Tanhshrink"
    activates: ClassVar = True


class Elu(FloatingOperation):
    """`x` where it is above 0, else `alpha * (exp(x) - 1)`, of each number."""

    torch: ClassVar = "nn.ELU"
    activates: ClassVar = True

    alpha: Finite = 1.0
    inplace: bool = False

    def can_overwrite(self) -> bool:
        """Say no where it turns signs: what stood there cannot be told from what comes out."""
        return self.alpha >= 0


class Celu(FloatingOperation):
    """`max(0, x) + min(0, alpha * (exp(x / alpha) - 1))` of each number."""

    torch: ClassVar = "nn.CELU"
    activates: ClassVar = True

    alpha: Positive = 1.0
    inplace: bool = False


class Selu(FloatingOperation):
    """`scale * x` of each number above 0, else `scale * alpha * (exp(x) - 1)`.

    `alpha` is 1.6733 and `scale` 1.0507: with them numbers keep a mean of 0 and a variance of 1
    through many layers (Klambauer et al., 2017).
    """

    torch: ClassVar = "nn.SELU"
    activates: ClassVar = True

    inplace: bool = False


class LeakyRelu(FloatingOperation):
    """`x` where it is above 0, else `negative_slope * x`, of each number."""

    torch: ClassVar = "nn.LeakyReLU"
    activates: ClassVar = True

    negative_slope: Finite = 0.01
    inplace: bool = False

    def can_overwrite(self) -> bool:
        """Say no where it turns signs: what stood there cannot be told from what comes out."""
        return self.negative_slope >= 0


class Rrelu(FloatingOperation):
    """`x` where it is above 0, else `slope * x`, of each number.

    In training each slope is drawn between `lower` and `upper`; in evaluation it is their mean.
    PyTorch does not train it with float16 on the CPU.
    """

    torch: ClassVar = "nn.RReLU"
    activates: ClassVar = True
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
        raise PydanticCustomError(
            "out_of_range",
            "`lower: {lower}` must be at most `upper: {upper}`",
            {"lower": f"{self.lower:g}", "upper": f"{self.upper:g}"},
        )

    def can_overwrite(self) -> bool:
        """Say no where it turns signs: what stood there cannot be told from what comes out."""
        return self.lower >= 0


class Prelu(FloatingOperation):
    """`x` where it is above 0, else `weight * x`, of each number; the slope `weight` is learnt.

    There is one slope for all, or one for each channel. They start at 0.25 unless `init` says
    otherwise.
    """

    torch: ClassVar = "nn.PReLU"
    activates: ClassVar = True
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


class Hardtanh(BoundingOperation):
    """`min(max(x, min_val), max_val)` of each number."""

    torch: ClassVar = "nn.Hardtanh"
    activates: ClassVar = True
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
        raise PydanticCustomError(
            "out_of_range",
            "`min_val: {least}` must be below `max_val: {most}`",
            {"least": f"{self.min_val:g}", "most": f"{self.max_val:g}"},
        )


class Hardshrink(FloatingOperation):
    """`x` where it is above `lambd` or below `-lambd`, else 0, of each number."""

    torch: ClassVar = "nn.Hardshrink"
    activates: ClassVar = True
    arguments: ClassVar = {"lambd": "Numbers no farther from 0 than this become 0."}

    lambd: Extended = 0.5


class Softshrink(FloatingOperation):
    """Each number brought nearer to 0 by `lambd`, and 0 where it is no farther away."""

    torch: ClassVar = "nn.Softshrink"
    activates: ClassVar = True
    arguments: ClassVar = {"lambd": "How much nearer to 0 each number comes."}

    lambd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.5


class Threshold(BoundingOperation):
    """`x` where it is above `threshold`, else `value`, of each number."""

    torch: ClassVar = "nn.Threshold"
    activates: ClassVar = True
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
