"""What the compiler knows of an operation: the contract that every class keeps."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import ClassVar, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from archspec.diagnostics import RankMismatch, WrongDtype
from archspec.operations.call_text import keywords, unpacked
from archspec.operations.fields import Keywords, Window, mapping_of
from archspec.operations.kernels import KernelNames
from archspec.sizes import Require, Size, Tensor, is_floating

Sizes = Mapping[str, Size]

Contract = TypeVar("Contract", bound=type[BaseModel])

Memory = Literal["own", "input", "kept"]
"""Whose memory a result is: see `Operation.memory`."""

Kind = Literal["any", "numbers", "floating"]
"""What an operation reads: anything, no truth values, or floating-point numbers only."""

HALVES = frozenset(["float16", "bfloat16"])
"""The floating-point numbers of 16 bits."""


def _settled(cls: Contract) -> Contract:
    """Forget the annotations of class variables once pydantic has seen that they are no fields.

    It would evaluate them again for each derived class, which is half of what a class costs.
    """
    fields = {
        name: cls.__annotations__[name]
        for name in cls.__annotations__
        if name not in cls.__class_vars__
    }
    cls.__annotations__ = fields
    return cls


@_settled
class Operation(BaseModel):
    """One operation with its validated arguments, named and defaulted as in PyTorch.

    A class declares its fields, and says in `infer` what it reads off its inputs, in `outputs`
    what it gives, in `weights` and `buffers` what it keeps under which `state_dict` names, and in
    `macs` what it costs. All else (labels, counts, constructor text) is derived.
    """

    # The validator is built when arguments are there to validate: most layers have none.
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", defer_build=True)

    torch: ClassVar[str]
    """The counterpart in PyTorch: a module, `nn.Conv2d`, or a function of the inputs."""

    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    """The fewest and the most values that it takes; `None` for any number."""

    ranks: ClassVar[tuple[int, ...]] = ()
    """How many dimensions its first input may have, batch included; any where none are named."""

    least_rank: ClassVar[int] = 0
    """How many dimensions its first input has at least."""

    takes: ClassVar[Kind] = "any"
    """What its first input holds."""

    weighted: ClassVar[bool] = False
    """Whether it is a layer with weights as He et al. count them (norms are not)."""

    alike: ClassVar[bool] = False
    """Whether all its inputs have one shape, but for sizes of 1 that expand."""

    adds: ClassVar[bool] = False
    """Whether it gives the sum of its inputs, as the end of a residual block does."""

    gathers: ClassVar[bool] = False
    """Whether each of its inputs has a place of its own in what it gives, as in a `cat`."""

    multiplies: ClassVar[bool] = False
    """Whether it gives the product of its inputs, which is 0 where one of them is."""

    activates: ClassVar[bool] = False
    """Whether it is a function of each number that is no straight line."""

    never_negative: ClassVar[bool] = False
    """Whether no number that it gives is below 0."""

    passes_on: ClassVar[bool] = False
    """Whether it gives in evaluation what it receives."""

    naming: ClassVar[tuple[int, ...]] = ()
    """Which of its inputs name places in numbers with a point, as a box names its sample."""

    memory: ClassVar[Memory] = "kept"
    """Whether a layer that alone reads what it gives may overwrite that.

    `own`: yes, it is memory of its own, and no gradient needs what stands there. `input`: it may be
    a view of the only value that it reads, and may be overwritten if that may. `kept`: no, because
    its gradient is computed from what it gave, because it gives several views, or a weight.
    """

    bias_dim: ClassVar[int | None] = None
    """The dimension of the output that has a number in `bias` for each place."""

    spatial: ClassVar[bool] = False
    """Whether the dimensions behind the channels of what it gives are places, as height is."""

    carries: ClassVar[bool] = True
    """Whether the numbers that it gives are made from those that it reads."""

    zero_rows: ClassVar[Mapping[str, str]] = {}
    """By weight, the argument that names a row of it that is 0 and does not learn, if any is."""

    inferred: ClassVar[tuple[str, ...]] = ()
    """The arguments of the constructor that are read off the inputs, in its order."""

    results: ClassVar[tuple[str, ...]] = ()
    """What its values are called in PyTorch's documentation, where it gives several."""

    example: ClassVar[Mapping[str, object]] = {}
    """Arguments for an example, where the first that would do read badly or are not found."""

    example_inputs: ClassVar[tuple[tuple[tuple[int, ...], str], ...]] = ()
    """The shapes without the batch, and the dtypes, that an example reads; likewise."""

    arguments: ClassVar[Mapping[str, str]] = {}
    """What arguments say that say something else than most of their name, or are new."""

    source: ClassVar[str] = ""
    """Python text that defines what `torch` names, where PyTorch itself has no such thing."""

    @classmethod
    @cache
    def op(cls) -> str:
        """Give the name in a spec, the class's in snake case.

        >>> from archspec.operations import load
        >>> load("max_pool2d").op()
        'max_pool2d'
        """
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Read the arguments that nobody writes, `in_channels`, off the inputs.

        Its first input is held to have the dimensions and the numbers that the class declares.
        """
        for tensor in inputs[:1]:
            check_rank(cls, tensor, *cls.ranks)
            check_least_rank(cls, tensor, cls.least_rank)
            check_dtype(cls, tensor, cls.takes)
        return {}

    def read_off(self, *inputs: Tensor) -> Sizes:
        """Infer where the other arguments are known, and may say what is to be read."""
        return self.infer(*inputs)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give what comes out, or raise a `Problem` that states the fact."""
        raise NotImplementedError

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give the shapes of the parameters under their `state_dict` names, in order."""
        return {}

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give the shapes of what rules for initial weights fill: of all weights."""
        return self.weights(inferred)

    def made_of(self) -> Mapping[str, str]:
        """Name the weights that are computed at each call, and for each a parameter of its shape.

        A rule for one of them is filled into another tensor, which the module then takes apart.
        """
        return {}

    def multipliers(self, weights: Collection[str]) -> Collection[str] | None:
        """Name those of its weights that make all it gives 0, where they are 0: its last part's."""
        last = [name.rpartition(".")[0] for name in weights][-1:]
        return [name for name in weights if name.rpartition(".")[0] in last]

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give the shapes of the buffers under their `state_dict` names, in order."""
        return {}

    def as_weights(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the inputs whose numbers must be of the dtype that its weights have, if it has any.

        PyTorch normalises numbers of 16 bits beside weights of 32.
        """
        return inputs

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size | None:
        """Count multiply-accumulates of the whole batch; `None` where there is no rule."""
        return None

    @classmethod
    def instead_of(
        cls, name: str, word: str, others: Mapping[str, object]
    ) -> tuple[Mapping[str, object], str] | None:
        """Give the arguments that say what a word of other frameworks would, and what for.

        `others` are the arguments beside it. `None` where nothing here says the same.
        """
        return None

    def with_batch(self, *inputs: Tensor) -> Mapping[str, object]:
        """Give the arguments with which the batch stays that is merged with others; none if not."""
        return {}

    def memory_of(self, count: int) -> Memory:
        """Tell whose memory it gives where it reads so many values."""
        return self.memory

    def rewritten(self) -> tuple[str, ...]:
        """Name the weights that it writes to when it runs, in evaluation as well."""
        return ()

    def can_overwrite(self) -> bool:
        """Say whether its gradient is right, too, where `inplace` lets it overwrite its input."""
        return True

    def windows(self) -> tuple[Window, ...]:
        """Tell how it slides over each dimension behind the channels; nothing where it does not."""
        return ()

    def normalised(self, *inputs: Tensor) -> Size | None:
        """Count the values that share a mean in training; `None` where it normalises nothing."""
        return None

    def keeps_statistics(self) -> bool:
        """Say whether it normalises in evaluation by what it measured in training."""
        return False

    def shifts_variance(self) -> bool:
        """Say whether what it gives varies more or less in training than in evaluation."""
        return False

    def centred_dim(self, *inputs: Tensor) -> int | None:
        """Tell of which dimension each place is normalised by itself: a bias there has no use."""
        return None

    def batch_dim(self, index: int) -> int | None:
        """Tell in which dimension of its `index`-th value the batch stands, if in any."""
        return 0

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the arguments that the shape of a weight fixes, which need not be said beside it."""
        return {}

    @classmethod
    @cache
    def keywords(cls) -> Mapping[str, frozenset[str]]:
        """Give the words that each number argument takes beside numbers: `padding: same`."""
        return {
            name: metadata.words
            for name, field in cls.model_fields.items()
            for metadata in field.metadata
            if isinstance(metadata, Keywords)
        }

    @classmethod
    @cache
    def texts(cls) -> frozenset[str]:
        """Name the arguments whose values are texts: `padding_mode`."""
        return cls.kernels().union(
            name for name, field in cls.model_fields.items() if _is_text(field.annotation)
        )

    @classmethod
    @cache
    def kernels(cls) -> frozenset[str]:
        """Name the arguments whose values are fixed kernels, by name."""
        return frozenset(
            name
            for name, field in cls.model_fields.items()
            if any(isinstance(metadata, KernelNames) for metadata in field.metadata)
        )

    @classmethod
    @cache
    def mappings(cls) -> Mapping[str, tuple[str, ...]]:
        """Name the arguments that may be mappings, each with the keys that may stand in it."""
        kinds = {name: mapping_of(field.annotation) for name, field in cls.model_fields.items()}
        return {name: tuple(kind.model_fields) for name, kind in kinds.items() if kind is not None}

    @classmethod
    @cache
    def required(cls) -> tuple[str, ...]:
        """Name the arguments without a default, in the order of the constructor."""
        return tuple(name for name, field in cls.model_fields.items() if field.is_required())


def _is_text(annotation: object) -> bool:
    return annotation is str or (
        get_origin(annotation) is Literal
        and all(isinstance(choice, str) for choice in get_args(annotation))
    )


@_settled
class ModuleOperation(Operation):
    """An operation that is a class of `torch.nn`: constructed once, called on its inputs."""

    always: ClassVar[Mapping[str, str]] = {}
    """Keyword arguments that every construction has, as Python text: no spec may change them."""

    packed: ClassVar[str] = ""
    """How several values are packed where they are no plain tuple: `{}, ({}, {})`."""

    choosing: ClassVar[frozenset[str]] = frozenset()
    """The arguments that choose the constructor, and are not passed to it."""

    def constructor(self) -> str:
        """Give the name of what constructs it."""
        return self.torch

    def around(self) -> tuple[str, Mapping[str, object]] | None:
        """Name the function that the constructed module is passed to, with further arguments."""
        return None

    def definition(self) -> str:
        """Give the Python text that defines the constructor where PyTorch does not."""
        return self.source

    @classmethod
    def by_position(cls) -> tuple[str, ...]:
        """Name the arguments that are written by position, in the constructor's order.

        >>> from archspec.operations import load
        >>> load("conv2d").by_position()
        ('in_channels', 'out_channels', 'kernel_size')
        """
        return (*cls.inferred, *cls.required())

    @classmethod
    def called_oddly(cls) -> bool:
        """Say whether it is called otherwise than on its one input, so that no sequence can."""
        return cls.call is not ModuleOperation.call

    def call(self, module: str, inputs: tuple[str, ...]) -> str:
        """Write the Python expression that applies `module`, an expression for the module."""
        return f"{module}({', '.join(inputs)})"


class FunctionOperation(Operation):
    """An operation that PyTorch has as a function or operator of its inputs only."""

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write the Python expression that applies it; `arguments` are texts by their names."""
        named = (f"{name}={text}" for name, text in arguments.items())
        return f"{self.torch}({', '.join((*inputs, *named))})"


class ValueOperation(Operation):
    """An operation that reads nothing and is a tensor of the module: its key is its name alone.

    Its `weights` or `buffers` hold one shape, under the empty name.
    """

    arity: ClassVar = (0, 0)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: nothing is computed."""
        return 0


class BufferOperation(ValueOperation):
    """A tensor that no training changes; it is in `buffers` if the `state_dict` holds it."""

    torch: ClassVar = "nn.Buffer"

    def held(self, arguments: Mapping[str, str]) -> tuple[str, ...]:
        """Write what `nn.Buffer` is called with; `arguments` are texts by their names."""
        raise NotImplementedError


class FreeFunction(FunctionOperation):
    """A function that multiplies and accumulates nothing."""

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: it is no convolution or matrix product."""
        return 0


class MethodFunction(FreeFunction):
    """A function that is a method of its first input: `x.roll(1, dims=2)`.

    The arguments without a default come first, then other inputs, then what has a default.
    """

    unpacks: ClassVar[bool] = False
    """Whether its one argument is a list, which is written as several: `x.permute(0, 2, 1)`."""

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.topk(5, dim=1)`."""
        x, *others = inputs
        first = [arguments[name] for name in self.required()]
        first = [unpacked(text) for text in first] if self.unpacks else first
        named = keywords(arguments, *self.required()).removeprefix(", ")
        return f"{x}.{self.op()}({', '.join([*first, *others, *([named] if named else [])])})"


class FreeOperation(ModuleOperation):
    """A module that multiplies and accumulates nothing, as torchvision's figures count."""

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: the convention leaves out what is no convolution or matrix product."""
        return 0


class ElementwiseOperation(FreeOperation):
    """A module that gives a tensor of the shape that it receives."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        return inputs


class FloatingOperation(ElementwiseOperation):
    """An element-wise module that PyTorch has for floating-point numbers only."""

    takes: ClassVar = "floating"


def state_of(
    weights: Mapping[str, tuple[int, ...]], buffers: Mapping[str, tuple[int, ...]]
) -> Mapping[str, tuple[int, ...]]:
    """Put weights and buffers in the order of the `state_dict`: those of parts come last.

    >>> list(state_of({"table": (4, 2), "proj.weight": (8, 8)}, {"index": (4,)}))
    ['table', 'index', 'proj.weight']
    """
    every = [*weights.items(), *buffers.items()]
    return dict(sorted(every, key=lambda item: "." in item[0]))


def check_rank(operation: type[Operation], tensor: Tensor, *ranks: int) -> None:
    """Raise `RankMismatch` unless the tensor has one of these numbers of dimensions, if any."""
    if tensor.rank in ranks or not ranks:
        return
    wanted = " or ".join(str(rank) for rank in ranks)
    raise RankMismatch(
        f"`{operation.op()}` takes a tensor of {wanted} dimensions, not of {tensor.rank}",
        label=f"reads {tensor}",
        notes=("the batch is one of the dimensions: N×C×H×W has 4",),
    )


def check_least_rank(operation: type[Operation], tensor: Tensor, least: int) -> None:
    """Raise `RankMismatch` unless the tensor has at least that many dimensions."""
    if tensor.rank < least:
        raise RankMismatch(
            f"`{operation.op()}` takes a tensor of at least {least} dimensions, "
            f"not of {tensor.rank}",
            label=f"reads {tensor}",
            notes=("the batch is one of the dimensions: N×C×H×W has 4",),
        )


def check_has_dimensions(operation: type[Operation], *tensors: Tensor) -> None:
    """Raise `RankMismatch` where a tensor is a lone number, without even a last dimension."""
    if all(tensor.rank for tensor in tensors):
        return
    raise RankMismatch(
        f"`{operation.op()}` takes tensors of at least 1 dimension, and here is one without any"
    )


def check_dtype(operation: type[Operation], tensor: Tensor, numbers: Kind) -> None:
    """Raise `WrongDtype` unless the tensor holds such numbers."""
    if numbers == "floating":
        check_floating(operation, tensor)
    if numbers == "numbers":
        check_numbers(operation, tensor)


def check_numbers(operation: type[Operation], *tensors: Tensor) -> None:
    """Raise `WrongDtype` where a tensor holds truth values."""
    for tensor in tensors:
        if tensor.dtype == "bool":
            raise WrongDtype(
                f"`{operation.op()}` takes numbers, not truth values",
                label=f"reads {tensor} of bool",
            )


def check_floating(operation: type[Operation], tensor: Tensor) -> None:
    """Raise `WrongDtype` unless the tensor holds floating-point numbers."""
    if is_floating(tensor.dtype):
        return
    rows = "" if tensor.dtype == "bool" else "`embedding` looks rows up by them, and "
    raise WrongDtype(
        f"`{operation.op()}` takes floating-point numbers, not {tensor.dtype}",
        label=f"reads {tensor} of {tensor.dtype}",
        help=f"{rows}`{{op: mul, other: 1.0}}` makes floating-point numbers of them",
    )


def without_halves(*inputs: Tensor) -> tuple[Tensor, ...]:
    """Leave out the tensors of numbers of 16 bits."""
    return tuple(tensor for tensor in inputs if tensor.dtype not in HALVES)


def check_no_half(operation: type[Operation], tensor: Tensor, what: str = "") -> None:
    """Raise `WrongDtype` for numbers of 16 bits, where PyTorch has no kernel for them on the CPU.

    `what` says of which use of the operation that is.
    """
    if tensor.dtype in HALVES:
        raise WrongDtype(
            f"`{operation.op()}`{what} takes float32 or float64, not {tensor.dtype}",
            label=f"reads {tensor} of {tensor.dtype}",
            notes=("PyTorch computes it with numbers of 16 bits on some devices, not on the CPU",),
        )
