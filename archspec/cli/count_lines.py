"""The rows of a count as one list of lines, down to a level."""

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.analysis import Row, Totals
from archspec.tensors import Tensor

LEVELS = ("stage", "block", "layer")


@dataclass(frozen=True, slots=True)
class Line:
    """A row where it stands: its path, its depth in the tree, how many instances it is in all."""

    path: str
    indent: int
    row: Row
    count: int
    above: "Line | None" = None

    @property
    def totals(self) -> Totals:
        """What all instances have together, seen as what holds them is."""
        each = self.row.each.seen_as(again=self.again, frozen=self.frozen, training=self.training)
        return each * self.count

    @property
    def again(self) -> bool:
        """Whether its weights are those of an earlier layer."""
        return self.row.again is not None or (self.above is not None and self.above.again)

    @property
    def frozen(self) -> bool:
        """Whether its weights stay as they are."""
        return self.row.frozen or (self.above is not None and self.above.frozen)

    @property
    def training(self) -> bool:
        """Whether only training needs it."""
        return self.row.training or (self.above is not None and self.above.training)


def lines(rows: tuple[Row, ...], level: str, above: Line | None = None) -> Iterator[Line]:
    """Walk the rows down to a level, each under its path."""
    prefix, indent, times = (
        (f"{above.path}.", above.indent + 1, above.count) if above else ("", 0, 1)
    )
    for row in rows:
        line = Line(prefix + row.name, indent, row, row.count * times, above)
        yield line
        if opens(row, level):
            yield from lines(row.children, level, line)


def opens(row: Row, level: str) -> bool:
    """Say whether a row is shown with its children at a level."""
    return level == "layer" or (level == "block" and row.form in ("group", "chain"))


def shapes(tensors: tuple[Tensor, ...]) -> str:
    """Write the shapes of several values, the batch left out."""
    return ", ".join(str(tensor) or "scalar" for tensor in tensors)
