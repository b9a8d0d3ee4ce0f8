"""Collect problems with their places; what follows from one is not reported again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from archspec.diagnostics import CallSite, ClaimFails, Maker, Path, Place, Problem
from archspec.expressions import Poisoned


@dataclass(frozen=True, slots=True)
class Standing:
    """The layers that were built somewhere, and those that were absent somewhere, by their path."""

    built: frozenset[Path] = frozenset()
    absent: frozenset[Path] = frozenset()

    def __or__(self, other: "Standing") -> "Standing":
        """Take those of both."""
        return Standing(self.built | other.built, self.absent | other.absent)


@dataclass(slots=True)
class Report:
    """The problems so far, one for each problem and place, and the calls being followed.

    `built` are the layers that were built, `absent` those that `when` or `repeat` leave out.
    """

    built: set[Path] = field(default_factory=set)
    absent: set[Path] = field(default_factory=set)
    _problems: dict[tuple[str, Place], Problem] = field(default_factory=dict)
    _calls: list[CallSite] = field(default_factory=list)

    def add(
        self,
        problem: Problem,
        place: Place,
        related: tuple[tuple[Place, str], ...] = (),
        made: tuple[Maker, ...] = (),
    ) -> None:
        """Keep a problem, unless the same is known of this place from another call."""
        key = (problem.slug, Place(place.path, place.key))
        if key not in self._problems:
            placed = problem.at(place, related)
            self._problems[key] = replace(placed, calls=tuple(self._calls), makers=made)

    @contextmanager
    def call(self, path: Path, name: str, repetition: int | None = None) -> Iterator[None]:
        """Remember, while it is followed, that the block `name` is called at a path."""
        self._calls.append(CallSite(path, name, repetition))
        try:
            yield
        finally:
            self._calls.pop()

    @contextmanager
    def at(self, place: Place) -> Iterator[None]:
        """Report a problem at a place; who depends on what failed there fails in silence."""
        try:
            yield
        except Problem as problem:
            self.add(problem, place)
            raise Poisoned from None

    @property
    def caller(self) -> Path | None:
        """Where the block that is being followed was called."""
        return self._calls[-1].path if self._calls else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order in which they were noticed."""
        return tuple(self._problems.values())

    @property
    def standing(self) -> Standing:
        """Which layers were built, and which were absent."""
        return Standing(frozenset(self.built), frozenset(self.absent))

    @property
    def failed(self) -> bool:
        """Whether one of them leaves no network; a claim that fails does not."""
        errors = (item for item in self._problems.values() if item.level == "error")
        return any(not isinstance(item, ClaimFails) for item in errors)
