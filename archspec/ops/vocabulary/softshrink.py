"""`softshrink`."""

from typing import Annotated, ClassVar

from pydantic import Field

from archspec.ops.activation import FloatingOperation


class Softshrink(FloatingOperation):
    """Each number brought nearer to 0 by `lambd`, and 0 where it is no farther away."""

    torch: ClassVar = "nn.Softshrink"
    activates: ClassVar = True
    arguments: ClassVar = {"lambd": "How much nearer to 0 each number comes."}

    lambd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.5
