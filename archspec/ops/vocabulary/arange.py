"""`arange`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import OutOfRange
from archspec.ops.functions import FreeFunction, check_not_empty
from archspec.ops.sizes import FreeInteger
from archspec.shapes import Require
from archspec.tensors import Tensor


class Arange(FreeFunction):
    """The integers from `start` to before `end`, in steps: positions, say.

    An input, if there is one, only says on which device.
    """

    torch: ClassVar = "torch.arange"
    arity: ClassVar = (0, 1)
    carries: ClassVar = False

    end: FreeInteger
    start: int = 0
    step: int = 1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give one dimension of `ceil((end - start) / step)` integers."""
        if self.step == 0:
            raise OutOfRange("`step` of `arange` must not be 0")
        count = -((self.start - self.end) // self.step)
        check_not_empty(require, self, count, f"from {self.start} to {self.end}")
        return (Tensor((count,), "int64"),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.arange(x.shape[1], device=x.device)`."""
        numbers = [arguments["end"]]
        if "start" in arguments or "step" in arguments:
            numbers.insert(0, arguments.get("start", "0"))
        if "step" in arguments:
            numbers.append(arguments["step"])
        device = [f"device={x}.device" for x in inputs]
        return f"torch.arange({', '.join(numbers + device)})"
