"""`identity`."""

from typing import ClassVar

from archspec.ops.operation import ElementwiseOperation


class Identity(ElementwiseOperation):
    """Gives what it receives."""

    torch: ClassVar = "nn.Identity"
    memory: ClassVar = "input"
    passes_on: ClassVar = True
