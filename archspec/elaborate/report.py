"""Collect problems with their places; what follows from one is not reported again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from archspec.diagnostics import ClaimFails, Path, Place, Problem
from archspec.expressions import Poisoned


@dataclass(frozen=True, slots=True)
class Followed:
    """A call of a block that is being followed: where it stands, and in which repetition."""

    path: Path
    name: str
    repetition: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a value within what gives it: the layer's path, and the block that it stands in."""

    name: str
    shape: str
    path: Path
    block: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at its place, the places that explain it, and the calls that led there.

    `made` says of what it reads where within a block that was made.
    """

    problem: Problem
    place: Place
    related: tuple[tuple[Place, str], ...] = ()
    calls: tuple["Followed", ...] = ()
    made: tuple[Made, ...] = ()


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
    """The findings so far, one for each problem and place, and the calls being followed.

    `built` are the layers that were built, `absent` those that `when` or `repeat` leave out.
    """

    built: set[Path] = field(default_factory=set)
    absent: set[Path] = field(default_factory=set)
    _found: dict[tuple[str, Place], Finding] = field(default_factory=dict)
    _calls: list[Followed] = field(default_factory=list)

    def add(
        self,
        problem: Problem,
        place: Place,
        related: tuple[tuple[Place, str], ...] = (),
        made: tuple[Made, ...] = (),
    ) -> None:
        """Keep a problem, unless the same is known of this place from another call."""
        if problem.offset is not None and place.offset is None:
            place = Place(place.path, place.key, problem.offset)
        key = (problem.slug, Place(place.path, place.key))
        self._found.setdefault(key, Finding(problem, place, related, tuple(self._calls), made))

    @contextmanager
    def call(self, path: Path, name: str, repetition: int | None = None) -> Iterator[None]:
        """Remember, while it is followed, that the block `name` is called at a path."""
        self._calls.append(Followed(path, name, repetition))
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
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order in which they were made."""
        return tuple(self._found.values())

    @property
    def standing(self) -> Standing:
        """Which layers were built, and which were absent."""
        return Standing(frozenset(self.built), frozenset(self.absent))

    @property
    def failed(self) -> bool:
        """Whether one of the findings leaves no network; a claim that fails does not."""
        errors = (item for item in self._found.values() if item.problem.severity == "error")
        return any(not isinstance(item.problem, ClaimFails) for item in errors)
