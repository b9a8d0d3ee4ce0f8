"""A line of a spec as it can be shown: harmless in a terminal, cut to a width, columns kept."""

import unicodedata
from dataclasses import dataclass
from itertools import accumulate

WIDEST = 120
"""The most columns of a terminal that a shown line takes."""

_MARGIN = 24
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A shown line, and the columns of a terminal at which each of its characters begins.

    `offset` characters of the line were not looked at; of the others `start` is the first shown,
    and `shift` the column at which it begins.
    """

    text: str
    columns: tuple[int, ...]
    offset: int
    start: int
    shift: int

    def reach(self, column: int, end_column: int) -> tuple[int, int]:
        r"""Give the terminal columns, from 0, of a span of characters, from 1; at least one wide.

        >>> excerpt("\ta: 1", 2, 3).reach(2, 3)
        (4, 5)
        """
        left = self._at(column - 1)
        return left, max(left + 1, self._at(end_column - 1))

    def _at(self, index: int) -> int:
        index, last = index - self.offset, len(self.columns) - 1
        column = self.columns[min(max(index, 0), last)] + max(0, index - last)
        return min(max(column - self.columns[self.start] + self.shift, 0), len_of(self.text) + 1)


def excerpt(line: str, column: int, end_column: int) -> Excerpt:
    r"""Show a line, and where it is long the part around a span, whose columns count from 1.

    >>> excerpt("name: \x1b[31mred", 1, 5).text
    'name: \\x1b[31mred'
    """
    # Of a line as long as a file only the surroundings are looked at.
    offset = max(0, column - 1 - WIDEST)
    near = line[offset : offset + 4 * WIDEST]
    shown = [visible(character) for character in near]
    columns = tuple(accumulate((len_of(text) for text in shown), initial=0))
    start, end = _window(columns, column - 1 - offset, end_column - 1 - offset)
    before = _ELLIPSIS if offset + start > 0 else ""
    after = _ELLIPSIS if offset + end < len(line) else ""
    text = before + "".join(shown[start:end]) + after
    return Excerpt(text, columns, offset, start, len(before))


def visible(character: str) -> str:
    r"""Write a character so that it is seen and does nothing: a tab as spaces, an escape as text.

    >>> visible("\t"), visible("\x1b"), visible("\u202e"), visible("é")
    ('    ', '\\x1b', '\\u202e', 'é')
    """
    if character.isprintable():
        return character
    if character == "\t":
        return "    "
    return character.encode("unicode_escape").decode("ascii")


def len_of(text: str) -> int:
    """Count the columns that a text takes in a terminal: two for a wide character, none for a mark.

    >>> len_of("conv"), len_of("卷积")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _window(columns: tuple[int, ...], first: int, last: int) -> tuple[int, int]:
    """Choose the characters to show: all, or those from a little before the span on."""
    count = len(columns) - 1
    if columns[-1] <= WIDEST:
        return 0, count
    first = min(max(first, 0), count)
    start = 0
    if columns[min(max(last, first), count)] >= WIDEST:
        start = _first_within(columns, columns[first] - _MARGIN)
    if columns[count] - columns[start] <= WIDEST:
        start = _first_within(columns, columns[count] - WIDEST)
    end = start
    while end < count and columns[end + 1] - columns[start] <= WIDEST:
        end += 1
    return start, end


def _first_within(columns: tuple[int, ...], column: int) -> int:
    return next(index for index, at in enumerate(columns) if at >= column)
