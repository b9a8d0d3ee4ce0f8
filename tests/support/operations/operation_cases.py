"""Random configurations of any operation, drawn from the types of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from archspec.diagnostics import Problem
from archspec.elaborate.apply import check_beside_weights
from archspec.operations import Operation
from archspec.sizes import Polynomial, Require, Size, Tensor, Truth
from support.operations.fitting import FITTING, STRICTER
from support.operations.fitting.kinds import Fitting
from support.operations.stricter import Rule
from support.sizes import number

INTEGERS = (1, 1, 1, 2, 2, 3, 4, 5, 0, -1, -2)
FLOATS = (0.0, 0.1, 0.5, 1.0, 1e-5, -0.5, 2.0, float("nan"), float("inf"))
CHANNELS = (1, 2, 3, 4, 6, 8)
SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)
MEANT_WELL = 4
RANKS = (4, 4, 4, 4, 4, 4, 4, 2, 3, 3, 5, 1, 0)


@dataclass(frozen=True)
class Case:
    """Arguments as a spec gives them, and inputs."""

    cls: type[Operation]
    given: Mapping[str, Any]
    inputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Accepted:
    """What our rules say of a case that they accept."""

    operation: Operation
    inferred: Mapping[str, Size]
    outputs: tuple[Tensor, ...]

    @property
    def numbers(self) -> dict[str, int]:
        """What is inferred from inputs that have no symbols."""
        return {name: number(size) for name, size in self.inferred.items()}


@dataclass(frozen=True)
class Refused:
    """Why they refuse it: the kind of the problem, or of the validation error."""

    reason: str
    message: str


def draw(cls: type[Operation], random: Random) -> Case:
    """Draw a case; every second one is hostile: arguments and inputs as they come.

    The others are meant well: they are drawn a few times, until our own rules accept them.
    """
    if random.random() < 0.5:
        return _hostile(cls, random)
    for _ in range(MEANT_WELL):
        case = _fitting(cls, random)
        if isinstance(judge(case), Accepted):
            break
    return case


def _hostile(cls: type[Operation], random: Random) -> Case:
    """Draw any arguments and inputs; mostly, as the family draws them, so that some fit."""
    given = drawn_arguments(cls, random)
    fitting = FITTING.get(cls.op(), Fitting())
    drawn = fitting.inputs(random) if fitting.inputs and random.random() < 0.8 else None
    inputs = drawn or _inputs(cls, random)
    if fitting.arguments and _suits(cls, inputs) and random.random() < 0.6:
        given |= fitting.arguments(random, inputs)
    return Case(cls, given, inputs)


def _suits(cls: type[Operation], inputs: tuple[Tensor, ...]) -> bool:
    """Say whether arguments can be drawn that fit: a lone number has no dimension to name."""
    return all(x.rank for x in inputs) and (bool(inputs) or cls.arity == (0, 0))


def _fitting(cls: type[Operation], random: Random) -> Case:
    """Draw arguments that the class itself finds sane, and inputs that may fit them."""
    given = drawn_arguments(cls, random)
    for _ in range(50):
        if not isinstance(_built(cls, given), Refused):
            break
        given = drawn_arguments(cls, random)
    fitting = FITTING.get(cls.op(), Fitting())
    inputs = fitting.inputs(random) if fitting.inputs else _inputs(cls, random)
    if fitting.arguments and _suits(cls, inputs) and random.random() < 0.9:
        given |= fitting.arguments(random, inputs)
    return Case(cls, given, inputs)


def judge(case: Case, require: Require = bool) -> Accepted | Refused:
    """Say what our rules say."""
    operation = _built(case.cls, case.given)
    if isinstance(operation, Refused):
        return operation
    try:
        inferred = operation.read_off(*case.inputs)
        outputs = operation.outputs(require, *case.inputs)
        numbers = {key: size if isinstance(size, int) else 1 for key, size in inferred.items()}
        if operation.weights(numbers):
            check_beside_weights(operation, case.inputs)
        return Accepted(operation, inferred, outputs)
    except Problem as problem:
        return Refused(problem.slug, problem.message)


class Conditions:
    """A `require` that keeps what cannot be decided."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def __call__(self, truth: Truth) -> bool:
        """Refuse what is false, keep what is open."""
        if not isinstance(truth, bool):
            self.kept.append(truth)
            return True
        return truth

    def hold(self, values: Mapping[str, int]) -> bool:
        """Say whether all that was kept holds at these sizes."""
        return all(condition.holds(values) for condition in self.kept)


def stricter(case: Case, said: Refused) -> Rule | None:
    """Tell why we refuse knowingly what PyTorch may run."""
    if said.reason == "finite_number":
        return Rule.FINITE
    known = STRICTER.get((case.cls.op(), said.reason))
    return known.rule if known is not None and known.applies(case) else None


def _built(cls: type[Operation], given: Mapping[str, Any]) -> Operation | Refused:
    try:
        return cls(**given)
    except ValidationError as error:
        first = error.errors()[0]
        return Refused(first["type"], f"{first['loc']}: {first['msg']}")


# --- arguments --------------------------------------------------------------------------------


def drawn_arguments(cls: type[Operation], random: Random) -> dict[str, Any]:
    return {
        name: _argument(cls, name, random)
        for name, field in cls.model_fields.items()
        if field.is_required() or random.random() < 0.5
    }


def _argument(cls: type[Operation], name: str, random: Random) -> Any:
    annotation = cls.model_fields[name].annotation
    return _value(annotation, cls.keywords().get(name, frozenset()), random)


def _value(annotation: Any, words: frozenset[str], random: Random) -> Any:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(parts[0], words, random)
    if origin in (Union, UnionType):
        parts = tuple(part for part in parts if part is not Polynomial)
        return _value(random.choice(parts), words, random)
    if origin is Literal:
        return random.choice(parts)
    if origin is tuple:
        return _window(parts, random)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return random.choice((True, _some_of(annotation, random)))
    return _scalar(annotation, words, random)


def _some_of(cls: type[BaseModel], random: Random) -> dict[str, Any]:
    """Draw some of the arguments that stand in a mapping."""
    fields = cls.model_fields.items()
    drawn = {name: _value(field.annotation, frozenset(), random) for name, field in fields}
    return {name: value for name, value in drawn.items() if random.random() < 0.5}


def _scalar(annotation: Any, words: frozenset[str], random: Random) -> Any:
    choices: dict[Any, tuple[Any, ...]] = {
        NoneType: (None,),
        bool: (True, False),
        int: INTEGERS,
        float: FLOATS,
        str: tuple(sorted(words)) or ("",),
    }
    return random.choice(choices[annotation])


def _window(parts: tuple[Any, ...], random: Random) -> Any:
    """One value for all dimensions, one for each or, now and then, one too many."""
    kind = random.random()
    if kind < (0.05 if parts[-1] is Ellipsis else 0.5):
        return _value(parts[0], frozenset(), random)
    length = len(parts) + (kind > 0.95)
    if parts[-1] is Ellipsis:
        length = random.choice((1, 2, 2, 3))
    return [_value(parts[0], frozenset(), random) for _ in range(length)]


# --- inputs -----------------------------------------------------------------------------------


def _inputs(cls: type[Operation], random: Random) -> tuple[Tensor, ...]:
    fewest, most = cls.arity
    first = some_tensor(random)
    count = random.randint(fewest, 3 if most is None else most)
    return (first, *(similar(first, random) for _ in range(count - 1)))[:count]


def some_tensor(random: Random, rank: int | None = None) -> Tensor:
    rank = random.choice(RANKS) if rank is None else rank
    sizes = (1, 1, 1) if random.random() < 0.1 else random.choices(SIZES, k=3)
    shape = (random.choice((1, 1, 2, 3)), random.choice(CHANNELS), *sizes)
    return Tensor(shape[:rank], "int64" if random.random() < 0.1 else "float32")


def similar(tensor: Tensor, random: Random) -> Tensor:
    """Often the same shape, else another size somewhere, another rank or dtype."""
    kind = random.random()
    if kind < 0.4:
        return tensor
    if kind < 0.45:
        return Tensor(tensor.shape, random.choice(("int64", "float32")))
    if kind < 0.5:
        return some_tensor(random)
    if kind < 0.6:
        return tensor.reshaped(*tensor.shape[1:])
    if tensor.rank == 0:
        return tensor
    axis = random.randrange(tensor.rank)
    size = random.choice((1, 1, *SIZES))
    return tensor.reshaped(*tensor.shape[:axis], size, *tensor.shape[axis + 1 :])
