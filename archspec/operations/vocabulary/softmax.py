"""Each number in relation to the others along a dimension."""

from typing import ClassVar

from archspec.operations.fields import Extended, Finite
from archspec.operations.functional import FreeFunction, axis
from archspec.operations.numeric import FloatingOperation
from archspec.operations.operation import Sizes, check_floating, check_rank
from archspec.operations.vocabulary.reduction import Cumulative
from archspec.sizes import Require, Tensor

# What `softmax` and its like share: each number in relation to the others along a dimension.


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
    never_negative: ClassVar = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes maps."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {}


class Softmin(AlongDimension):
    """`exp(-x)` of each number, divided by their sum along `dim`."""

    torch: ClassVar = "nn.Softmin"
    never_negative: ClassVar = True


class LogSoftmax(AlongDimension):
    """`log(exp(x) / sum(exp(x)))` of each number, the sum taken along `dim`."""

    torch: ClassVar = "nn.LogSoftmax"


class Normalize(FreeFunction):
    """Divides by the length along `dim`: `x / max(‖x‖_p, eps)`."""

    torch: ClassVar = "nn.functional.normalize"
    arguments: ClassVar = {
        "eps": "The least number that is divided by.",
        "p": "The norm that is the length: 2 for Euclid's.",
    }

    p: Extended = 2.0
    dim: int = 1
    eps: Finite = 1e-12

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers."""
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axis(self, self.dim, inputs[0].rank)
        return inputs


class Cumsum(Cumulative):
    """The sum of each number and those before it along `dim`; integers become int64."""

    torch: ClassVar = "torch.cumsum"


class Cumprod(Cumulative):
    """The product of each number and those before it along `dim`; integers become int64."""

    torch: ClassVar = "torch.cumprod"
