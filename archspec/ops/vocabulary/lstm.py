"""`lstm`."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import WrongArity
from archspec.ops.fields import LARGEST
from archspec.ops.operation import Sizes
from archspec.ops.recurrent import Cell, Recurrent
from archspec.tensors import Tensor


class Lstm(Recurrent):
    """Goes over N×T×F with a state and a memory that gates write, keep and read.

    `i, f, g, o` are sums of the input and the state; `c' = σ(f) c + σ(i) tanh(g)` and
    `h' = σ(o) tanh(c')`, with `proj_size` times a matrix more. It gives `output`, h_n and c_n; it
    reads h_0 and c_0 if they are given, and begins with zeros otherwise.
    """

    torch: ClassVar = "nn.LSTM"
    arity: ClassVar = (1, 3)
    gates: ClassVar = 4
    results: ClassVar = ("output", "h_n", "c_n")
    packed: ClassVar = "{}, ({}, {})"

    arguments: ClassVar = {
        **Recurrent.arguments,
        "proj_size": "How many features come out, by a matrix of their own; 0 for `hidden_size`.",
    }

    proj_size: Annotated[int, Field(ge=0, le=LARGEST)] = 0

    @model_validator(mode="after")
    def _projects_to_less(self) -> "Lstm":
        if self.proj_size >= self.hidden_size:
            raise PydanticCustomError(
                "out_of_range",
                "`proj_size` must be less than `hidden_size`: {size} is not less than {hidden}",
                {"size": self.proj_size, "hidden": self.hidden_size},
            )
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`input_size` is the last dimension of N×T×F."""
        if len(inputs) == 2:
            raise WrongArity(
                "`lstm` takes one value, or with it both `h_0` and `c_0`, and receives 2"
            )
        return super().infer(*inputs)

    @property
    def features(self) -> int:
        """How many features a cell gives: `proj_size`, if that is not 0."""
        return self.proj_size or self.hidden_size

    @property
    def projected(self) -> int:
        """With `proj_size` the state is multiplied with a matrix."""
        return self.proj_size * self.hidden_size

    def states(self, x: Tensor) -> tuple[Tensor, ...]:
        """Give the state and the memory; only the state is projected."""
        (state,) = super().states(x)
        return state, state.reshaped(*state.shape[:-1], self.hidden_size)

    def cell_weights(self, cell: Cell) -> dict[str, tuple[int, ...]]:
        """With `proj_size` there is a third matrix, `weight_hr`."""
        projection = {"weight_hr": (self.proj_size, self.hidden_size)} if self.proj_size else {}
        return super().cell_weights(cell) | projection
