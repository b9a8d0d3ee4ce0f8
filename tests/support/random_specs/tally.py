"""What became of the specs that were checked."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """How many specs and overrides were compared, and what became of the others."""

    specs: int = 0
    invalid: int = 0
    overrides: int = 0
    overridden: int = 0
    pinned: int = 0
    refused: int = 0
    guarded: int = 0
    variants: int = 0
    rebuilt: int = 0
    unrun: int = 0
    doubled: int = 0
    in_place: int = 0

    def report(self) -> str:
        """Say it in one line."""
        return (
            f"{self.specs} specs, {self.invalid} others not valid, {self.overrides} overrides of "
            f"{self.overridden} specs, {self.variants} of them variants, {self.pinned} pinned, "
            f"{self.refused} refused by the checker, {self.guarded} by the class, "
            f"{self.rebuilt} rebuilt, {self.unrun} not run at any size, "
            f"{self.doubled} specs with several classes for one block, {self.in_place} in place"
        )
