"""For which sizes of its input a network is valid, and which are nearest to some that do not fit.

Where given sizes do not fit, the network is built once more with those sizes free. What its layers
need of them, and the given ones do not meet, is the cause of what is wrong.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice, product

from archspec.diagnostics import ClaimFails, Path, Place, Problem, ShapeMismatch
from archspec.elaborate import Choice, Elaboration
from archspec.graph import Needed, Network
from archspec.sizes import (
    Condition,
    Polynomial,
    Requirement,
    Size,
    Tensor,
    failing,
    requirements,
    simplified,
    symbol,
)

Where = Callable[[Path], str]
"""Says where a layer was written: `line 21`."""

_MOST_CAUSES = 3


@dataclass(frozen=True)
class Required:
    """What the conditions of a network require together."""

    network: Network
    where: Where
    requirements: tuple[Requirement, ...]

    @classmethod
    def of(cls, network: Network, where: Where) -> "Required":
        """Put the conditions of a network together."""
        conditions = [needed.condition for needed in network.conditions]
        return cls(network, where, requirements(conditions))

    def texts(self) -> tuple[str, ...]:
        """Say each in a text: ``H % 16 == 0, because of `join` at line 21``.

        >>> from archspec.sizes import divisible, symbol
        >>> needed = Needed(divisible(symbol("H"), 4), ("layers", "join"))
        >>> Required.of(Network(None, {}, (needed,)), lambda path: "line 21").texts()
        ('H % 4 == 0, because of `join` at line 21',)
        """
        return tuple(map(self._text, self.requirements))

    def problems(self) -> Iterator[tuple[Problem, Place]]:
        """Find what no size can meet, at the last of the layers that require it."""
        for required in self.requirements:
            if not required.possible:
                yield self._impossible(required), Place(self._causes(required)[-1].path, key=True)

    def _causes(self, required: Requirement) -> list[Needed]:
        return [self.network.conditions[place] for place in required.conditions]

    def _text(self, required: Requirement) -> str:
        paths = dict.fromkeys(path for _, path in self._causes(required))
        causes = [f"{_name(path)} at {self.where(path)}" for path in paths]
        return f"{' and '.join(required.texts)}, because of {_listed(causes)}"

    def _impossible(self, required: Requirement) -> Problem:
        names = " and ".join(f"`{name}`" for name in required.symbols)
        noun = "size" if len(required.symbols) == 1 else "sizes"
        notes = tuple(
            f"{_name(path)} at {self.where(path)} needs {_words(condition)}"
            for condition, path in self._causes(required)
        )
        return ShapeMismatch(f"no {noun} of {names} can be right for all layers", notes=notes)


def _listed(causes: list[str]) -> str:
    """Join texts, the first few where there are many.

    >>> _listed(["a", "b"]), _listed(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b and 3 others')
    """
    if len(causes) > _MOST_CAUSES:
        more = len(causes) - _MOST_CAUSES + 1
        causes = [*causes[: _MOST_CAUSES - 1], f"{more} others"]
    return " and ".join(filter(None, (", ".join(causes[:-1]), causes[-1])))


def _words(condition: Condition) -> str:
    return " and ".join(f"`{text}`" for text in simplified([condition]))


def _name(path: Path) -> str:
    """Name a layer by its path, or the claim of one.

    >>> _name(("layers", "conv1")), _name(("layers", "conv1", "expect"))
    ('`conv1`', '`expect` of `conv1`')
    """
    if path[-1] == "expect" and path[-2] != "layers":
        return f"`expect` of `{path[-2]}`"
    return f"`{path[-1]}`"


Given = tuple[int | str, ...]
"""Sizes without the batch; a text is a symbol, of which the size is free."""

Build = Callable[[Choice], Elaboration]
"""Elaborates the spec for a choice."""

_FARTHEST = 1024
_MOST_TRIALS = 4
_NAMES = {2: ("T",), 3: ("T", "L"), 4: ("C", "H", "W"), 5: ("C", "D", "H", "W")}
"""What fixed sizes behind the batch are called, by the number of dimensions."""


def fitted(build: Build, choice: Choice, findings: Sequence[Problem]) -> tuple[Problem, ...]:
    """Add to what was found which sizes would fit; what else follows from them is left out."""
    errors = [item for item in findings if _is_error(item)]
    if not choice.inputs or not errors or any(_is_option(item) for item in errors):
        return tuple(findings)
    declared = build(replace(choice, inputs={}))
    for first in (2, 1):
        free = _Free.of(build, choice, declared, first)
        sized = [item for item in errors if _key(item) not in free.before]
        broken = free.broken() if sized else []
        if broken:
            _explain(sized[0], free, broken, build)
            return tuple(item for item in findings if item not in sized[1:])
    return tuple(findings)


def _is_error(item: Problem) -> bool:
    return item.level == "error" and not isinstance(item, ClaimFails)


def _key(item: Problem) -> tuple[str, Place | None]:
    return item.slug, item.place


def _is_option(item: Problem) -> bool:
    """Say whether the sizes as such are refused."""
    return item.place is not None and item.place.path[:1] == ("--input",)


@dataclass(frozen=True, eq=False)
class _Free:
    """A spec built with free sizes: the choice, what they were, and what its layers need.

    `values` are the sizes that were given, by the symbols that stand for them; `inputs` the shapes
    in which these stand, and `fixed` the spec's own sizes where it has no symbol. `before` is what
    is wrong whatever the sizes are.
    """

    choice: Choice
    batch: str
    inputs: Mapping[str, Given]
    fixed: Mapping[str, int]
    values: Mapping[str, int]
    before: Set[tuple[str, Place | None]]
    conditions: Sequence[Condition]

    @classmethod
    def of(cls, build: Build, choice: Choice, declared: Elaboration, first: int) -> "_Free":
        """Build a spec with its own symbols, and with others for fixed sizes from `first` on."""
        tensors = [tensor for tensor in declared.inputs.values() if tensor is not None]
        given = (size for sizes in choice.inputs.values() for size in sizes)
        texts = {size for size in given if isinstance(size, str)}
        symbols = _Symbols(texts.union(*(tensor.symbols for tensor in tensors)))
        inputs = {
            name: symbols.shape(declared.inputs.get(name), sizes, first)
            for name, sizes in choice.inputs.items()
        }
        built = build(replace(choice, inputs=inputs)) if symbols.invented else declared
        needed = [
            condition
            for condition, path in built.conditions
            if path[-1:] != ("expect",) and condition.symbols <= symbols.values.keys()
        ]
        fixed = {name: size for (_, size, _), name in symbols.invented.items()}
        before = {_key(item) for item in built.problems}
        batch = str(tensors[0].batch) if tensors else "N"
        return cls(choice, batch, inputs, fixed, symbols.values, before, needed)

    def broken(self) -> list[Requirement]:
        """Give what is required and does not hold."""
        places = set(failing(self.conditions, self.values))
        return [item for item in requirements(self.conditions) if places & set(item.conditions)]

    def holds(self, values: Mapping[str, int]) -> bool:
        """Say whether all that is needed holds at these sizes."""
        return all(condition.holds(values) for condition in self.conditions)

    def shapes(self, values: Mapping[str, int]) -> dict[str, Given]:
        """Write the inputs with these sizes; what was given as free stays so."""
        return {
            name: tuple(values.get(size, size) if isinstance(size, str) else size for size in shape)
            for name, shape in self.inputs.items()
        }


class _Symbols:
    """Puts symbols in the place of given sizes: those of the spec, else `H`, `W` and the like."""

    def __init__(self, taken: Set[str]) -> None:
        self.taken = taken
        self.values: dict[str, int] = {}
        self.invented: dict[tuple[str, int, int], str] = {}

    def shape(self, own: Tensor | None, sizes: Given, first: int) -> Given:
        """Write the shape of an input, without the batch."""
        if own is None or own.rank != len(sizes) + 1:
            return tuple(sizes)
        names = _NAMES.get(own.rank) or tuple(f"S{index}" for index in range(1, own.rank))
        each = zip(names, own.shape[1:], sizes, strict=True)
        return tuple(
            self._size(name, declared, given, is_free=index >= first)
            for index, (name, declared, given) in enumerate(each, 1)
        )

    def _size(self, name: str, declared: Size, given: int | str, *, is_free: bool) -> int | str:
        if isinstance(given, str):
            return given
        if isinstance(declared, Polynomial):
            if declared != symbol(str(declared)):
                return given
            self.values[str(declared)] = given
            return str(declared)
        if declared == given or not is_free:
            return given
        free = self.invented.setdefault((name, declared, given), self._unused(name))
        self.values[free] = given
        return free

    def _unused(self, wanted: str) -> str:
        """Name a symbol that no input has."""
        names = (f"{wanted}{number}" if number > 1 else wanted for number in count(1))
        return next(name for name in names if name not in self.taken | self.values.keys())


def _explain(item: Problem, free: _Free, broken: Sequence[Requirement], build: Build) -> None:
    """Add to a message which conditions are broken, and an input that breaks none."""
    fitting = next(filter(partial(_builds, free, build), _proposals(free, broken)), None)
    if free.fixed:
        shapes = ("×".join(map(str, (free.batch, *shape))) for shape in free.inputs.values())
        item.notes += (f"here the input is {' and '.join(shapes)}",)
    item.notes += tuple(_note(required, free, fitting) for required in broken)
    if fitting is not None:
        item.help = f"`{' '.join(_options(free.shapes(fitting)))}` fits"


def _note(required: Requirement, free: _Free, fitting: Mapping[str, int] | None) -> str:
    """Say what is required, and the nearest sizes that meet it."""
    text = " and ".join(required.texts)
    if not required.possible:
        names = " and ".join(f"`{name}`" for name in required.symbols)
        return f"no size of {names} can be right for all layers"
    if required.sizes is None:
        holds = f"holds for {_sizes(required, fitting)}, and not" if fitting else "does not hold"
        return f"{text} {holds} for {_sizes(required, free.values)}"
    size = free.values[required.symbols[0]]
    nearest = required.sizes.nearest(size)
    are = "is" if len(nearest) == 1 else "are"
    return f"{text}: {' and '.join(map(str, nearest))} {are} the nearest to {size}"


def _sizes(required: Requirement, values: Mapping[str, int]) -> str:
    """Write the sizes that a requirement relates."""
    return " with ".join(f"{name} = {values[name]}" for name in required.symbols)


def _options(inputs: Mapping[str, Given]) -> Iterator[str]:
    """Write options of the command line.

    >>> list(_options({"input": (3, 352, 352), "image": (3, 9)}))
    ['--input 3x352x352', '--input image=3x9']
    """
    for name, sizes in inputs.items():
        own = "" if name == "input" else f"{name}="
        yield f"--input {own}{'x'.join(map(str, sizes))}"


def _builds(free: _Free, build: Build, values: Mapping[str, int]) -> bool:
    """Say whether all is right with sizes that is not wrong with any."""
    built = build(replace(free.choice, inputs=free.shapes(values)))
    return not any(_is_error(item) and _key(item) not in free.before for item in built.problems)


def _proposals(free: _Free, broken: Sequence[Requirement]) -> Iterator[Mapping[str, int]]:
    """Give a few sizes at which all holds: near the given ones, and those of the spec."""
    nearest = {
        required.symbols[0]: required.sizes.nearest(free.values[required.symbols[0]])
        for required in broken
        if required.sizes is not None
    }
    options = {name: nearest.get(name, (value,)) for name, value in free.values.items()}
    every = [dict(zip(options, each, strict=True)) for each in product(*options.values())]
    near = list(islice(filter(free.holds, every), _MOST_TRIALS))
    for values in every[:_MOST_TRIALS] if not near else ():
        near += _one_changed(free, values)
    yield from sorted(near, key=partial(_distance, free))[:_MOST_TRIALS]
    if free.fixed:
        yield {**free.values, **free.fixed}


def _distance(free: _Free, values: Mapping[str, int]) -> tuple[int, int]:
    """Say how far sizes are from the given ones; of two as far the larger goes first."""
    apart = sum(abs(size - free.values[name]) for name, size in values.items())
    return apart, -sum(values.values())


def _one_changed(free: _Free, values: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Change one size until all holds, up and down."""
    for name, size in values.items():
        steps = (step for distance in range(1, _FARTHEST) for step in (distance, -distance))
        tried = ({**values, name: size + step} for step in steps if size + step > 0)
        yield from islice(filter(free.holds, tried), 1)
