"""Say a size as one expression that every use of a class has."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol, TypeVar

from archspec.document import Layer
from archspec.emit.code import bare_text
from archspec.emit.naming.short import abbreviated
from archspec.emit.render import size_text
from archspec.emit.slots import CannotSay
from archspec.emit.tracing.facts import conditions_in, equal_under
from archspec.emit.tracing.trace import Context, Trace
from archspec.sizes import Polynomial, Size, substitute, symbol, symbols_of

T = TypeVar("T")


class Sized(NamedTuple):
    """A size in one use: the trace, the size in its symbols, the repetitions around it."""

    trace: Trace
    size: Size
    indices: tuple[int, ...] = ()

    @property
    def actual(self) -> Size:
        """What the size is there."""
        return self.trace.actual(self.size)


class Names(Protocol):
    """What a class calls the symbols of its traces."""

    traces: list[Trace]
    fixed: frozenset[str]
    pinned: set[str]
    loops: dict[int, str]
    strict: bool
    written: list[Polynomial]
    abbreviations: Mapping[Polynomial, str]

    def symbol(self, name: str) -> str:
        """Write a symbol, and remember that the constructor needs it."""

    def raw(self, raw: object, contexts: list[tuple[Trace, Context]], value: object = None) -> str:
        """Write what stands in the YAML: a list, a literal, or an expression."""

    def attempt(self, write: Callable[[], T]) -> T | None:
        """Write something, or leave no trace of it where one class cannot say it."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Writes sizes in the names of one class."""

    names: Names

    def say(self, known: list[Sized]) -> str:
        """Write a size that every use has, from what it is in each of them.

        An expression over the constructor's arguments is best, then one in which some numbers
        are fixed, then one for where a layer is there and one for where it is not, then the number;
        what fixed numbers depend on is pinned.
        """
        text = self.common(known)
        return text or (self.divided(known) if len(known) > 1 else None) or self.number(known)

    def common(self, known: list[Sized]) -> str | None:
        """Write a size as one expression, if there is one."""
        for item in sorted(known, key=lambda item: bool(bare(item.size))):
            numbers = {n: item.trace.values[n] for n in bare(item.size)}
            plain = self.relative(substitute(self.unfixed(item.size), numbers), item)
            if all(self.agrees(plain, other) for other in known):
                for other in known:
                    for name in bare(other.size):
                        self.names.pinned |= other.trace.depends[name]
                return self.text(plain)
        return None

    def divided(self, known: list[Sized]) -> str | None:
        """Write a size that depends on whether a layer is there: `a if stride == 1 else b`."""
        if len({item.actual for item in known}) == 1:
            return None
        for key, layer in self.layers.items():
            has = [item for item in known if key not in item.trace.module.absent]
            others = [item for item in known if key in item.trace.module.absent]
            if has and others and isinstance(layer.when, str):
                texts = self.names.attempt(partial(self.sides, layer.when, has, others))
                if texts is not None:
                    return texts
        return None

    def sides(self, when: str, has: list[Sized], others: list[Sized]) -> str:
        """Write the size where a condition holds, and where it does not."""
        first, second = self.common(has), self.common(others)
        if first is None or second is None:
            raise CannotSay("a size differs between uses")
        test = self.names.raw(when, [(trace, trace.bodies[()]) for trace in self.names.traces])
        divided = isinstance(ast.parse(first, mode="eval").body, ast.IfExp)
        first = f"({first})" if divided else first
        return f"{first} if {test} else {second}"

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers of the class as they are written."""
        definition = self.names.traces[0].module.definition
        return definition.layers if definition is not None else {}

    def text(self, size: Size) -> str:
        """Write a size under the names that the class has for it and its parts."""
        if isinstance(size, Polynomial):
            self.names.written.append(size)
        return bare_text(size_text(abbreviated(size, self.names.abbreviations), self.names.symbol))

    def abbreviation_lines(self) -> Iterator[str]:
        """Say what the names of sizes stand for."""
        for size, name in self.names.abbreviations.items():
            others = {
                other: known for other, known in self.names.abbreviations.items() if other != size
            }
            yield f"{name} = {size_text(abbreviated(size, others), self.names.symbol)}"

    def agrees(self, size: Size, other: Sized) -> bool:
        """Say whether a size is right in another use, for all arguments of the class.

        Where the other one is a bare number, what that depends on is pinned.
        """
        if _here(size, other) != other.actual:
            return False
        own = self.unfixed(other.size)
        own = substitute(own, {name: other.trace.values[name] for name in bare(own)})
        loops: dict[str, Size] = {
            f"index@{level}": number for level, number in enumerate(other.indices, start=1)
        }
        looped = substitute(size, loops)
        names = (*symbols_of(own), *symbols_of(looped))
        numbers = {n: other.trace.values[n] for n in names if n in other.trace.values and "@" in n}
        counted = {n: value for n, value in numbers.items() if n.startswith("index@")}
        return equal_under(other.trace, substitute(looped, counted), substitute(own, counted))

    def relative(self, size: Size, item: Sized) -> Size:
        """Say the number of a repetition by the variable of its loop, outside loops as it is."""
        found: dict[str, Size] = {}
        for name in symbols_of(size):
            if name.startswith("index@"):
                level, index = map(int, name.removeprefix("index@").split("="))
                here = item.indices[level - 1] if level <= len(item.indices) else index
                loop = symbol(f"index@{level}") + (index - here)
                found[name] = loop if level in self.names.loops else index
        return substitute(size, found)

    def number(self, known: list[Sized]) -> str:
        """Write a size as the number that it is in every use; what it depends on is pinned."""
        if self.names.strict and any(item.trace.dependence(item.size) for item in known):
            raise CannotSay("a size is no expression")
        numbers = {item.actual for item in known}
        if len(numbers) != 1 or not isinstance(min(numbers, key=str), int):
            raise CannotSay("a size differs between uses")
        for item in known:
            self.names.pinned |= item.trace.dependence(item.size)
            if len({str(other.size) for other in known}) > 1:
                self.names.pinned |= conditions_in(item.trace)
        return str(numbers.pop())

    def unfixed(self, size: Size) -> Size:
        """Put numbers in the place of the model's fixed parameters."""
        fixed = {
            name: self.names.traces[0].values[name] for name in symbols_of(size) & self.names.fixed
        }
        return substitute(size, fixed)


def _here(size: Size, item: Sized) -> Size:
    """Give what a size, said by loops, is in one use."""
    loops = {f"index@{level}": index for level, index in enumerate(item.indices, start=1)}
    return item.trace.actual(substitute(size, loops) if loops else size)


def bare(size: Size) -> frozenset[str]:
    """Name the symbols in a size that stand for bare numbers."""
    return frozenset(name for name in symbols_of(size) if name.startswith("#"))
