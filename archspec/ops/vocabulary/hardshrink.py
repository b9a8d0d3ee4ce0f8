"""`hardshrink`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Extended


class Hardshrink(FloatingOperation):
    """`x` where it is above `lambd` or below `-lambd`, else 0, of each number."""

    torch: ClassVar = "nn.Hardshrink"
    activates: ClassVar = True
    arguments: ClassVar = {"lambd": "Numbers no farther from 0 than this become 0."}

    lambd: Extended = 0.5
