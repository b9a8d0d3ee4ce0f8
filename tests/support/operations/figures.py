"""Figures of the proof: what was seen of each operation, and the minimums that must be reached."""

from collections import Counter
from dataclasses import dataclass, field

from archspec.operations import Operation, load
from support.operations.contract import Examined
from support.operations.operation_cases import Accepted
from support.operations.stricter import Rule

ACCEPTED = 0.3
"""The least share of cases that PyTorch accepts."""

AWAY = 100
"""In how many accepted cases each argument is away from its default, at least."""


@dataclass
class Figures:
    """What was seen of one operation; those of several parts add up."""

    name: str
    cases: int = 0
    accepted: int = 0
    runs: int = 0
    emitted: int = 0
    symbolic: int = 0
    away: Counter[str] = field(default_factory=Counter)
    rules: Counter[tuple[Rule, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    differing: int = 0

    def count(self, found: Examined) -> None:
        """Count a case."""
        self.cases += 1
        self.runs += found.runs
        self.emitted += found.emitted
        self.symbolic += found.symbolic
        if found.wrong:
            self.differing += 1
            self.wrong.append(f"{found.case.given} {shapes(found)}: {'; '.join(found.wrong)}")
        if not isinstance(found.said, Accepted):
            if found.rule is not None:
                self.rules[found.rule, found.said.reason] += 1
            return
        self.accepted += 1
        if found.runs:
            self.away.update(away(found.said.operation))

    def __add__(self, other: "Figures") -> "Figures":
        """Add what was seen elsewhere; of what is wrong the first are kept."""
        return Figures(
            self.name,
            self.cases + other.cases,
            self.accepted + other.accepted,
            self.runs + other.runs,
            self.emitted + other.emitted,
            self.symbolic + other.symbolic,
            self.away + other.away,
            self.rules + other.rules,
            [*self.wrong, *other.wrong][:5],
            self.differing + other.differing,
        )

    @property
    def least(self) -> tuple[str, int]:
        """The argument that is away from its default in the fewest cases, and in how many."""
        fields = load(self.name).model_fields
        return min(((name, self.away[name]) for name in fields), key=lambda item: item[1])

    def shortcomings(self) -> list[str]:
        """Say what is wrong, and which minimums are missed."""
        said = list(self.wrong)
        if self.runs < ACCEPTED * self.cases:
            said.append(f"PyTorch accepts {self.runs} of {self.cases} cases, less than 30 %")
        for name in load(self.name).model_fields:
            if self.away[name] < AWAY:
                said.append(f"`{name}` is away from its default in {self.away[name]} cases only")
        return said


def away(operation: Operation) -> list[str]:
    """Name the arguments that are away from their defaults."""
    fields = type(operation).model_fields
    return [
        name
        for name, field in fields.items()
        if field.is_required() or repr(getattr(operation, name)) != repr(field.default)
    ]


def shapes(found: Examined) -> str:
    """Write what a case reads."""
    return ", ".join(f"{tensor} {tensor.dtype}" for tensor in found.case.inputs)
