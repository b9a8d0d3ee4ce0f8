"""What every kind of mistake has in common."""

import re
from typing import ClassVar, Literal

Severity = Literal["error", "warning"]


class Problem(Exception):
    """A fact that is wrong about a spec; whoever catches it knows the place.

    The docstring of a kind of problem is its explanation: what it is in one line, why it matters,
    and a `Wrong` and a `Right` example, which are whole specs.

    >>> from archspec.diagnostics.problems import OutOfRange
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
