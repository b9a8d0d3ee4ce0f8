"""`pad`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import Entry, RankMismatch, Remedy, WindowTooLarge, WrongDtype
from archspec.dimensions import Polynomial, Size, at_least
from archspec.ops.fields import OptionalExtended
from archspec.ops.functions import FreeFunction, check_not_empty
from archspec.ops.numbers import check_holds
from archspec.ops.python_text import keywords
from archspec.ops.sizes import FreeIntegers
from archspec.shapes import Require
from archspec.tensors import Tensor


class Pad(FreeFunction):
    """Puts a border round its input, or with negative numbers cuts one off.

    `pad` holds how much goes before and after: first of the last dimension, then of the one
    before it, and so on.
    """

    torch: ClassVar = "nn.functional.pad"
    memory: ClassVar = "own"

    pad: FreeIntegers
    mode: Literal["constant", "reflect", "replicate", "circular"] = "constant"
    value: OptionalExtended = None

    @model_validator(mode="after")
    def _fits_the_mode(self) -> "Pad":
        if not self.pad or len(self.pad) % 2:
            raise PydanticCustomError("out_of_range", "`pad` holds two numbers for each dimension")
        if self.mode == "constant":
            return self
        if len(self.pad) > 6 or any(isinstance(width, int) and width < 0 for width in self.pad):
            raise PydanticCustomError(
                "out_of_range", "`pad` holds 2, 4 or 6 numbers of at least 0 unless constant"
            )
        if self.value is not None:
            raise PydanticCustomError("out_of_range", "`value` is of `mode: constant`")
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Add both borders to each dimension named, the last one first."""
        (x,) = inputs
        check_holds(self, x.dtype, self.value)
        borders = list(zip(self.pad[::2], self.pad[1::2], strict=True))
        self._check_rank(x, len(borders))
        self._check_dtype(x)
        kept = x.shape[: x.rank - len(borders)]
        padded = x.shape[x.rank - len(borders) :]
        pairs = zip(padded, reversed(borders), strict=True)
        return (x.reshaped(*kept, *(self._padded(require, *pair) for pair in pairs)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.pad(x, (1, 1))`."""
        return f"{self.torch}({inputs[0]}, {arguments['pad']}{keywords(arguments, 'pad')})"

    def _check_rank(self, x: Tensor, count: int) -> None:
        """All dimensions may get a constant border, others only those after the channels."""
        if self.mode != "constant" and x.rank not in (count + 1, count + 2):
            raise RankMismatch(
                f"`pad` with `mode: {self.mode}` and {2 * count} numbers takes a tensor of "
                f"{count + 1} or {count + 2} dimensions, not of {x.rank}",
                help=self._with_all(x),
            )
        if count > x.rank:
            raise RankMismatch(
                f"`pad` holds borders of {count} dimensions, and its input has {x.rank}",
                label=f"reads {x}",
            )

    def _check_dtype(self, x: Tensor) -> None:
        """Raise `WrongDtype` for truth values where the border is made from the input."""
        if x.dtype == "bool" and self.mode in ("reflect", "replicate"):
            raise WrongDtype(f"`pad` with `mode: {self.mode}` takes numbers, not truth values")

    def _with_all(self, x: Tensor) -> str | None:
        """Write a border for each dimension after the channels, where some are not named."""
        missing = 2 * (x.rank - 2) - len(self.pad)
        if not 0 < missing <= 6 - len(self.pad):
            return None
        numbers = ", ".join(map(str, (*self.pad, *(0,) * missing)))
        text = f"name every dimension after the channels: `pad: [{numbers}]`"
        return Remedy(text, Entry("pad", f"[{numbers}]"))

    def _padded(self, require: Require, size: Size, border: tuple[Size, Size]) -> Size:
        self._check_mode(require, size, border)
        known = [width for width in border if isinstance(width, int)]
        cut_off = sum(min(0, width) for width in known)
        check_not_empty(require, self, size + cut_off, f"{-cut_off} of {size} are cut off")
        free = [width for width in border if isinstance(width, Polynomial)]
        for widths in (*((width,) for width in free), free):  # any of them may be negative
            left = size + cut_off + sum(widths)
            check_not_empty(require, self, left, f"{left} of {size} are left")
        return size + sum(border)

    def _check_mode(self, require: Require, size: Size, border: tuple[Size, Size]) -> None:
        """Hold that the input has what its border is made from."""
        more = {"reflect": 1, "circular": 0}.get(self.mode)
        for width in border:
            if more is not None and not require(at_least(size, width + more)):
                raise WindowTooLarge(
                    f"`{self.mode}` padding of {width} does not fit an input of {size}"
                )
            if self.mode != "constant" and not require(at_least(width, 0)):
                raise WindowTooLarge(f"`{self.mode}` padding of {width} would cut something off")
