"""Sums of what operations cost, of which a part may be unknown."""

from dataclasses import dataclass, replace

from archspec.dimensions import Size


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum; where it is not `exact`, a part is unknown and it is `least` or more.

    It is a polynomial where the network's input has free sizes.

    >>> Amount(12) + Amount(0, exact=False)
    Amount(least=12, exact=False)
    >>> print(Amount(4089184256), f"{Amount(4089184256):,}", Amount(12, exact=False))
    4089184256 4,089,184,256 ≥ 12
    """

    least: Size
    exact: bool = True

    @property
    def value(self) -> Size | None:
        """The sum, or `None` where a part of it is unknown.

        >>> Amount(0, exact=False).value is None
        True
        """
        return self.least if self.exact else None

    def __str__(self) -> str:
        return format(self)

    def __format__(self, form: str) -> str:
        return f"{'' if self.exact else '≥ '}{format(self.least, form)}"

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.least + other.least, self.exact and other.exact)

    def __mul__(self, times: int) -> "Amount":
        return Amount(self.least * times, self.exact)


@dataclass(frozen=True, slots=True)
class Totals:
    """What some operations have together; MACs and activations are per sample.

    `parameters` and `buffers` are elements, `frozen` those of the parameters that stay as they are,
    `activations` the elements that come out of the operations, `weighted_layers` those operations
    that have weights as He et al. count them.

    >>> Totals(parameters=20, operations=1) * 3 + Totals(operations=1)
    Totals(parameters=60, frozen=0, buffers=0, macs=Amount(least=0, exact=True), \
activations=Amount(least=0, exact=True), weighted_layers=0, operations=4)
    """

    parameters: int = 0
    frozen: int = 0
    buffers: int = 0
    macs: Amount = Amount(0)
    activations: Amount = Amount(0)
    weighted_layers: int = 0
    operations: int = 0

    @property
    def trainable(self) -> int:
        """The parameters that training changes."""
        return self.parameters - self.frozen

    def seen_as(self, *, again: bool, frozen: bool, training: bool) -> "Totals":
        """Give what counts of them where they stand.

        What is called `again` has its parameters and buffers elsewhere, what is `frozen` keeps
        them as they are, and what only `training` needs counts in them alone.

        >>> Totals(parameters=20, operations=1).seen_as(again=True, frozen=False, training=False)
        Totals(parameters=0, frozen=0, buffers=0, macs=Amount(least=0, exact=True), \
activations=Amount(least=0, exact=True), weighted_layers=0, operations=1)
        """
        found = replace(self, parameters=0, frozen=0, buffers=0) if again else self
        if frozen:
            found = replace(found, frozen=found.parameters)
        if training:
            nothing = Amount(0)
            found = replace(
                found, macs=nothing, activations=nothing, weighted_layers=0, operations=0
            )
        return found

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.parameters + other.parameters,
            self.frozen + other.frozen,
            self.buffers + other.buffers,
            self.macs + other.macs,
            self.activations + other.activations,
            self.weighted_layers + other.weighted_layers,
            self.operations + other.operations,
        )

    def __mul__(self, times: int) -> "Totals":
        return Totals(
            self.parameters * times,
            self.frozen * times,
            self.buffers * times,
            self.macs * times,
            self.activations * times,
            self.weighted_layers * times,
            self.operations * times,
        )
