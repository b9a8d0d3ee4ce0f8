"""`rrelu`."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Finite


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
