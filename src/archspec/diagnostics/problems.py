"""Every kind of mistake, one class each; its docstring is its explanation."""

import re
from typing import ClassVar, Literal

Severity = Literal["error", "warning"]


class Problem(Exception):
    """A fact that is wrong about a spec; whoever catches it knows the place.

    >>> OutOfRange("`stride` must be at least 1, not 0").slug
    'out-of-range'
    """

    category: ClassVar[str] = ""
    severity: ClassVar[Severity] = "error"
    slug: ClassVar[str] = "problem"

    def __init_subclass__(cls) -> None:
        """Derive the slug, `out-of-range`, from the name of the class."""
        cls.slug = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(
        self,
        message: str,
        *,
        label: str | None = None,
        notes: tuple[str, ...] = (),
        help: str | None = None,
        offset: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.label = label
        self.notes = notes
        self.help = help
        self.offset = offset


# --- the text -------------------------------------------------------------------------------


class Syntax(Problem):
    """The text is not YAML: an open bracket or quote, a tab as indent, bytes that are no UTF-8."""

    category = "syntax"


class YamlFeature(Problem):
    """A part of YAML that a spec does not use: tags, directives, merge keys, several documents."""

    category = "feature"


class DuplicateKey(Problem):
    """A key is written twice in one mapping, and readers differ in which one they take."""

    category = "duplicate"


class LimitExceeded(Problem):
    """The spec is larger or deeper than the limits that protect the program that reads it."""

    category = "limit"


# --- the structure --------------------------------------------------------------------------


class WrongType(Problem):
    """A value of another type is wanted here, say a number where a text stands."""

    category = "type"


class UnknownKey(Problem):
    """A key that means nothing here; perhaps it is misspelt."""

    category = "schema"


class MissingKey(Problem):
    """A key that is required is not there."""

    category = "schema"


class UnknownOperation(Problem):
    """No operation, block or layer parameter has this name."""

    category = "schema"


class MisplacedKey(Problem):
    """A key stands beside others that it cannot stand with, or where it says nothing."""

    category = "schema"


class NotBuilt(Problem):
    """A part of the language that this version does not read yet."""

    category = "schema"


class OutOfRange(Problem):
    """The value is of the right type, but no such value makes sense here."""

    category = "domain"


class BadName(Problem):
    """A name that cannot be a key of a `state_dict` or an attribute of the emitted class."""

    category = "name"


# --- references -----------------------------------------------------------------------------


class UnknownReference(Problem):
    """A layer reads one that does not stand above it in the same body."""

    category = "reference"


class UnknownBlock(Problem):
    """`block` names a block that the spec does not define."""

    category = "reference"


class UnknownVariant(Problem):
    """The spec has no variant of that name."""

    category = "reference"


class UnknownParameter(Problem):
    """A parameter is set that the spec or the block does not have."""

    category = "reference"


class BlockCycle(Problem):
    """Blocks that use each other in a circle would never end."""

    category = "reference"


class SpecCycle(Problem):
    """Specs that use or extend each other in a circle would never end."""

    category = "reference"


class UnreadableSpec(Problem):
    """A spec that another one names cannot be read: it is not there, or has mistakes of its own."""

    category = "reference"


class WrongArity(Problem):
    """A layer receives more or fewer values than it takes."""

    category = "reference"


# --- expressions ----------------------------------------------------------------------------


class ExpressionSyntax(Problem):
    """The text is no expression: an operand or a bracket is missing, or a comma cut it in two."""

    category = "expression"


class ForbiddenExpression(Problem):
    """Python that a spec may not say: calls of other functions, attributes, comprehensions."""

    category = "expression"


class UnknownName(Problem):
    """A name in an expression that is no parameter, `let` name or input in sight."""

    category = "expression"


class UnknownAttribute(Problem):
    """What stands after the point is none of `shape`, `batch`, `channels`, `features`."""

    category = "expression"


class DivisionByZero(Problem):
    """An expression divides by zero."""

    category = "expression"


class IndexOutOfRange(Problem):
    """An expression takes an element that the list does not have."""

    category = "expression"


class NumberTooLarge(Problem):
    """A number beyond 2^63 - 1, which no size or count of a tensor can be."""

    category = "limit"


class SymbolicValue(Problem):
    """What decides the structure or a weight's size is a number, and this depends on a symbol."""

    category = "expression"


# --- shapes ---------------------------------------------------------------------------------


class RankMismatch(Problem):
    """The operation takes tensors of another number of dimensions."""

    category = "shape"


class ChannelMismatch(Problem):
    """The channels of the input and of the kernel must match."""

    category = "shape"


class ShapeMismatch(Problem):
    """Two values that are joined differ in a dimension in which they must agree."""

    category = "shape"


class WeightMismatch(Problem):
    """A weight that is shared would need another shape, or is not there."""

    category = "shape"


class WindowTooLarge(Problem):
    """The window, dilated, is larger than the padded input that it slides over."""

    category = "shape"


class DimensionOutOfRange(Problem):
    """A dimension is named that the tensor does not have, or an empty range of them."""

    category = "shape"


class EmptyTensor(Problem):
    """Every dimension of a tensor is at least 1."""

    category = "shape"


class TensorTooLarge(Problem):
    """A tensor of more than 2^63 - 1 bytes, which no machine addresses."""

    category = "shape"


class WrongDtype(Problem):
    """The operation computes with floating-point numbers, or with integers, and receives others."""

    category = "shape"


class ClaimFails(Problem):
    """An `expect` says something about the network that is not so."""

    category = "claim"


# --- legal, and probably wrong ----------------------------------------------------------------


class UnreadLayer(Problem):
    """Nothing reads the layer, so it has no effect on what the network computes."""

    category = "warning"
    severity = "warning"


class UnusedName(Problem):
    """A parameter, `let` name, input or block that is mentioned nowhere in the file."""

    category = "warning"
    severity = "warning"
