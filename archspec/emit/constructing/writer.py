"""What writes the constructor of a layer, as rows and repetitions of layers ask for it."""

from typing import Protocol

from archspec.emit.constructing.notes import Notes
from archspec.emit.naming.names import Names
from archspec.emit.pieces import Code
from archspec.emit.slots import Part, Use


class Writer(Protocol):
    """What writes the constructor of a layer in the names of one class."""

    @property
    def names(self) -> Names:
        """What the class calls the symbols of its traces."""

    @property
    def notes(self) -> Notes:
        """What is noted for elsewhere in the class."""

    def write(self, uses: tuple[Use, ...]) -> Code:
        """Write the constructor of a layer, the same for all its uses."""

    def unpacked(self, uses: tuple[Use, ...]) -> Code:
        """Write the layers of a sequence, to stand among others."""

    def part(self, part: Part) -> Code:
        """Write a layer that a splice made."""
