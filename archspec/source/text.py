"""From bytes to lines: size, encoding, and the characters that no spec may hold."""

import re
from dataclasses import dataclass, replace

from archspec.diagnostics import Edit, LimitExceeded, Problem, SpecError, Syntax
from archspec.source.source import Mark, in_text, span_of


class Stop(Exception):
    """The end of reading: a problem after which nothing more can be understood."""

    def __init__(self, problem: Problem, mark: Mark) -> None:
        super().__init__(problem.message)
        self.problem = replace(problem, span=span_of(mark))


DEEPEST = 256
"""The deepest nesting that any caller may allow: the reader calls itself once a level."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most bytes, nested levels and parser events of a text; aliases count as what they repeat.

    >>> Limits(depth=64).events
    50000
    """

    bytes: int = 256 * 1024
    depth: int = 32
    events: int = 50_000

    def __post_init__(self) -> None:
        if self.depth > DEEPEST:
            raise ValueError(f"depth is at most {DEEPEST}, not {self.depth}")


DEFAULT = Limits()


LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_FORBIDDEN = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_LAYOUT = str.maketrans("", "", "\t\n\r")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BYTE_ORDER_MARK = "\ufeff"


def split(text: str | bytes, name: str, limits: Limits) -> tuple[str, ...]:
    r"""Split a text at its line ends, or raise where it is too long or no text.

    >>> split(b"a: 1\r\nb: 2", "net.yaml", Limits())
    ('a: 1', 'b: 2')
    """
    _check_size(text, name, limits)
    decoded = text if isinstance(text, str) else _decode(text, name)
    decoded = decoded.removeprefix(_BYTE_ORDER_MARK)
    lines = tuple(LINE_END.split(decoded))
    # What can be printed is allowed; only other texts are worth the compiling of the pattern.
    if not decoded.translate(_LAYOUT).isprintable() and re.search(_FORBIDDEN, decoded):
        _refuse_character(lines, name)
    return lines


def _check_size(text: str | bytes, name: str, limits: Limits) -> None:
    size = len(text.encode("utf-8", "replace") if isinstance(text, str) else text)
    if size <= limits.bytes:
        return
    problem = LimitExceeded(f"the text has {size:,} bytes, and a spec may have {limits.bytes:,}")
    raise SpecError([in_text(problem, name, ())])


def _decode(data: bytes, name: str) -> str:
    if data.startswith(_UTF16) or b"\0" in data[:2]:
        problem = Syntax("the text is UTF-16, and a spec is UTF-8", help="save it as UTF-8")
        raise SpecError([in_text(Stop(problem, (0, 0, 0, 1)).problem, name, ())])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        lines = tuple(LINE_END.split(data.decode(errors="replace")))
        before = LINE_END.split(data[: error.start].decode().removeprefix(_BYTE_ORDER_MARK))
        line, column = len(before) - 1, len(before[-1])
        problem = Syntax(f"the byte 0x{data[error.start]:02x} is no UTF-8", help="save it as UTF-8")
        stop = Stop(problem, (line, column, line, column + 1))
        raise SpecError([in_text(stop.problem, name, lines)]) from None


def _refuse_character(lines: tuple[str, ...], name: str) -> None:
    for number, line in enumerate(lines):
        found = re.search(_FORBIDDEN, line)
        if found is not None:
            problem = Syntax(
                f"the character U+{ord(found[0]):04X} cannot stand in a text", help="remove it"
            )
            stop = Stop(problem, (number, found.start(), number, found.end()))
            raise SpecError([in_text(stop.problem, name, lines)])


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    r"""Change a text; of edits that touch each other the first is made.

    >>> from archspec.diagnostics import Span
    >>> applied("a: rellu\n", (Edit(Span(1, 4, 1, 9), "relu"),))
    'a: relu\n'
    """
    starts = [0, *(match.end() for match in LINE_END.finditer(text)), len(text)]
    end = len(text) + 1
    for edit in sorted(dict.fromkeys(edits), key=lambda item: item.span, reverse=True):
        span = edit.span
        first = starts[span.line - 1] + span.column - 1
        last = starts[span.end_line - 1] + span.end_column - 1
        if last <= end:
            text, end = text[:first] + edit.text + text[last:], first
    return text
