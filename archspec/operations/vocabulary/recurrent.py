"""Recurrent layers: one cell goes over a sequence, several times over if wanted."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field, model_validator

from archspec.diagnostics import LimitExceeded, ShapeMismatch, WrongArity
from archspec.operations.checks import check_one_dtype
from archspec.operations.fields import LARGEST, Count, Probability, refused
from archspec.operations.operation import ModuleOperation, Sizes, check_rank
from archspec.sizes import Require, Size, Tensor, equal

MOST_LAYERS = 1000
"""How many cells stand on each other at most."""


class Cell(NamedTuple):
    """A cell in one direction: what its weights' names end in, and how much it reads."""

    suffix: str
    input_size: int


class Recurrent(ModuleOperation):
    """A cell that goes over N×T×F, and keeps a state from one place to the next.

    It is batch first always. The states are as PyTorch has them, one for each layer and direction
    before the batch: `num_layers * directions`×N×`hidden_size`.
    """

    arity: ClassVar = (1, 2)
    ranks: ClassVar = (3,)
    takes: ClassVar = "floating"
    inferred: ClassVar = ("input_size",)
    weighted: ClassVar = True
    always: ClassVar = {"batch_first": "True"}
    arguments: ClassVar[Mapping[str, str]] = {
        "bias": "Whether it has biases: one is added to the input, one to the state.",
        "bidirectional": "Whether it goes over the sequence from both ends.",
        "dropout": "The probability that what goes from one layer to the next is dropped.",
        "hidden_size": "How many numbers a state has.",
        "num_layers": "How many cells stand on each other.",
    }
    results: ClassVar[tuple[str, ...]] = ("output", "h_n")

    gates: ClassVar[int]
    """How many sums of the input and the state each number of the state is made from."""

    hidden_size: Count
    num_layers: Count = 1
    bias: bool = True
    dropout: Probability = 0.0
    bidirectional: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`input_size` is the last dimension of N×T×F."""
        super().infer(*inputs)
        return {"input_size": inputs[0].features}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give N×T×`directions * hidden_size`, then the last states."""
        (x, *given) = inputs
        self._check_layers()
        check_one_dtype(self, inputs)
        states = self.states(x)
        for name, state, wanted in zip(("h_0", "c_0"), given, states, strict=False):
            self._check_state(require, name, state, wanted)
        return (x.reshaped(*x.shape[:2], self.directions * self.features), *states)

    @property
    def directions(self) -> int:
        """In how many directions it goes over the sequence."""
        return 2 if self.bidirectional else 1

    @property
    def features(self) -> int:
        """How many features a cell gives, which are also those that it reads of its past."""
        return self.hidden_size

    def states(self, x: Tensor) -> tuple[Tensor, ...]:
        """Give what is kept of the past of each sample."""
        return (x.reshaped(self.num_layers * self.directions, x.batch, self.features),)

    def batch_dim(self, index: int) -> int:
        """In the states the batch is second."""
        return min(index, 1)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """For each layer and direction two matrices and, with `bias`, two vectors."""
        return {
            f"{name}_{cell.suffix}": shape
            for cell in self.cells(inferred["input_size"])
            for name, shape in self.cell_weights(cell).items()
        }

    def cells(self, input_size: int) -> Iterator[Cell]:
        """Give the cells in the order of PyTorch: the directions of a layer are neighbours."""
        for layer in range(self.num_layers):
            size = self.directions * self.features if layer else input_size
            for direction in ("", "_reverse")[: self.directions]:
                yield Cell(f"l{layer}{direction}", size)

    def cell_weights(self, cell: Cell) -> dict[str, tuple[int, ...]]:
        """Give the weights of a cell: PyTorch adds a bias to the input, and one to the state."""
        rows = self.gates * self.hidden_size
        matrices = {"weight_ih": (rows, cell.input_size), "weight_hh": (rows, self.features)}
        return matrices | ({"bias_ih": (rows,), "bias_hh": (rows,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """At each place every cell multiplies its matrices with its input and its state."""
        x = inputs[0]
        first, later = x.features, self.directions * self.features
        width = first + (self.num_layers - 1) * later + self.num_layers * self.features
        products = self.gates * self.hidden_size * width + self.num_layers * self.projected
        return x.batch * x.shape[1] * self.directions * products

    @property
    def projected(self) -> int:
        """How many products make what a cell gives out of its state."""
        return 0

    def call(self, module: str, inputs: tuple[str, ...]) -> str:
        """Write `lstm(x)`, or `lstm(x, (h, c))` where it begins with states that are given."""
        x, *states = inputs
        if len(states) < 2:
            return f"{module}({', '.join(inputs)})"
        return f"{module}({x}, ({', '.join(states)}))"

    def _check_layers(self) -> None:
        if self.num_layers > MOST_LAYERS:
            raise LimitExceeded(
                f"`{self.op()}` would have {self.num_layers} layers, and at most {MOST_LAYERS} "
                "are allowed"
            )

    def _check_state(self, require: Require, name: str, state: Tensor, wanted: Tensor) -> None:
        check_rank(type(self), state, 3)
        if all(require(equal(a, b)) for a, b in zip(state.shape, wanted.shape, strict=True)):
            return
        raise ShapeMismatch(
            f"`{name}` of `{self.op()}` must be {wanted}, and is {state}",
            label=f"reads {state}",
            notes=("a state is layers and directions × batch × features, the batch second",),
        )


class Rnn(Recurrent):
    """Goes over N×T×F with a state that is made anew at each place: `h' = tanh(Wx + Uh)`.

    It gives `output` and h_n; it reads h_0 if that is given, and begins with zeros otherwise.
    """

    torch: ClassVar = "nn.RNN"
    gates: ClassVar = 1
    arguments: ClassVar = {
        **Recurrent.arguments,
        "nonlinearity": "What is applied to the sum: `tanh` or `relu`.",
    }

    nonlinearity: Literal["tanh", "relu"] = "tanh"


class Gru(Recurrent):
    """Goes over N×T×F with a state that gates reset and renew: `h' = (1 - z) n + z h`.

    `r = σ(Wx + Uh)` resets, `z = σ(Wx + Uh)` keeps, `n = tanh(Wx + r (Uh))` renews, each with its
    own W and U. It gives `output` and h_n; it reads h_0 if that is given, and begins with zeros
    otherwise.
    """

    torch: ClassVar = "nn.GRU"
    gates: ClassVar = 3


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
            raise refused(
                f"`proj_size` must be less than `hidden_size`: {self.proj_size} is not less than "
                f"{self.hidden_size}"
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
