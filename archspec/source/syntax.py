"""What is wrong with a text that is not YAML, in words that need no knowledge of YAML parsers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import yaml

from archspec.diagnostics import Label, Line, Problem, Remedy, Syntax, Value, Word, YamlFeature
from archspec.source import refusals
from archspec.source.slips import quoted, short, whole_expression
from archspec.source.source import Mark, span_of
from archspec.source.text import Stop


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the parser gave up, on what it was at work, and the brackets open there."""

    lines: tuple[str, ...]
    line: int
    column: int
    context: Mark | None
    opened: tuple[Mark, ...]

    @property
    def text(self) -> str:
        """The line, as far as it goes."""
        return self.lines[self.line]

    @property
    def rest(self) -> str:
        """What stands from the column on."""
        return self.text[self.column :]

    @property
    def before(self) -> str:
        """What stands before the column."""
        return self.text[: self.column]

    @property
    def is_at_end(self) -> bool:
        """Whether nothing more is written, here or below."""
        below = self.lines[self.line + 1 :]
        return not self.rest.strip() and not any(line.strip() for line in below)

    @property
    def is_in_brackets(self) -> bool:
        """Whether a bracket is open; the parser may not have told yet of one on this line."""
        opened = sum(self.before.count(bracket) for bracket in "[{")
        closed = sum(self.before.count(bracket) for bracket in "]}")
        return bool(self.opened) or opened > closed

    def line_above(self) -> int | None:
        """Find the nearest line above that says something."""
        filled = (n for n in range(self.line - 1, -1, -1) if self.lines[n].strip())
        return next(filled, None)

    def here(self, length: int = 1) -> Mark:
        """Mark some characters from the column on."""
        return self.line, self.column, self.line, self.column + length

    def begin(self) -> Mark:
        """Mark the first character of what the parser was at work on."""
        line, column = (self.context or self.here())[:2]
        return line, column, line, column + 1


def failure_of(error: yaml.MarkedYAMLError, lines: tuple[str, ...], opened: list[Mark]) -> Failure:
    """Find the place in the text that a parser means."""
    mark = error.problem_mark or error.context_mark
    line, column = _inside(lines, (mark.line, mark.column) if mark else (0, 0))
    context = None
    if error.context_mark:
        at = _inside(lines, (error.context_mark.line, error.context_mark.column))
        context = (*at, *at)
    return Failure(lines, line, column, context, tuple(opened))


def _inside(lines: tuple[str, ...], at: tuple[int, int]) -> tuple[int, int]:
    """Move a mark behind the text back to the end of its last line that says something."""
    line, column = at
    if line < len(lines) and any(text.strip() for text in lines[line:]):
        return line, min(column, len(lines[line]))
    filled = [number for number, text in enumerate(lines[:line]) if text.strip()]
    last = filled[-1] if filled else 0
    return last, len(lines[last].rstrip())


_ENTRY = re.compile(r":(?:\s|$)|^\s*(?:-(?:\s|$)|#)")
_BRACKET_AT_KEY = re.compile(r"^(\s*(?:- +)*)([\w.-]+):(?=[{\[])")
_NO_SPACE = re.compile(r"([\w.-]+):(?=[^\s:/])")
_ESCAPE = re.compile(r"\\(?:[xuU][0-9a-fA-F]*|.)")


def explain(error: yaml.MarkedYAMLError, lines: tuple[str, ...], opened: list[Mark]) -> Stop:
    """Say in our own words what a parser has against a text."""
    failure = failure_of(error, lines, opened)
    if failure.rest.startswith("\t"):
        return _tab(failure)
    message = f"{error.context} {error.problem}"
    for needle, words in _WORDS:
        if needle in message:
            return words(failure)
    return Stop(Syntax("the text cannot be read as YAML from here on"), failure.here())


# --- one function a kind of slip ----------------------------------------------------------------


def _tab(failure: Failure) -> Stop:
    where = "indent a line" if not failure.before.strip() else "stand here"
    return Stop(
        Syntax(f"a tab cannot {where}", help=Remedy("use spaces", Word("\t", "  "))), failure.here()
    )


def _quote(failure: Failure) -> Stop:
    line, column = failure.begin()[:2]
    if failure.lines[line][column : column + 1] not in ("'", '"'):
        line, column = failure.line, failure.column
    quote = failure.lines[line][column : column + 1]
    return Stop(Syntax(f"the quote `{quote}` is never closed"), (line, column, line, column + 1))


def _escape(failure: Failure) -> Stop:
    # Parsers stop at the backslash, behind it, or among its digits.
    start = max(failure.text.rfind("\\", 0, failure.column + 1), 0)
    found = _ESCAPE.match(failure.text, start)
    written = found[0] if found else failure.text[start : start + 1]
    problem = Syntax(
        f"`{written}` is no escape sequence of a text in double quotes",
        help=Remedy(
            "write the backslash twice, or use single quotes", Word(written, f"\\{written}")
        ),
    )
    return Stop(problem, (failure.line, start, failure.line, start + max(1, len(written))))


def _first_character(failure: Failure) -> Stop:
    character = "a backtick" if failure.rest.startswith("`") else f"`{failure.rest[:1]}`"
    value = failure.rest.split(" #")[0].strip()
    if failure.is_in_brackets:
        value = whole_expression(value)
    help = Remedy(f"quote it: {quoted(value)}", Word(value, quoted(value)))
    problem = Syntax(f"a value cannot begin with {character}", help=help)
    return Stop(problem, failure.here())


def _star_or_ampersand(failure: Failure) -> Stop:
    line, column = failure.begin()[:2]
    character = failure.lines[line][column : column + 1]
    named = "repeats an anchor" if character == "*" else "names an anchor"
    problem = Syntax(
        f"`{character}` at the beginning of a value {named}, and no name follows it",
        help="put a text that begins with it in quotes",
    )
    return Stop(problem, failure.begin())


def _tag(failure: Failure) -> Stop:
    problem = YamlFeature(
        "`!` at the beginning of a value is a YAML tag, and a spec has none",
        help="quote the text; in an expression write `not`",
    )
    return Stop(problem, failure.begin())


def _second_colon(failure: Failure) -> Stop:
    bracket = _BRACKET_AT_KEY.match(failure.text)
    if bracket is not None:
        written = failure.text[bracket.start(2) :].split(" #")[0].strip()
        mark = (failure.line, bracket.start(2), failure.line, bracket.end(2) + 1)
        return Stop(refusals.missing_space(written), mark)
    if ": " in failure.before:
        value = failure.text.partition(": ")[2].split(" #")[0].strip()
        help = "quote the value, or write a mapping in braces, `{key: value}`"
        ways = (Line(value, quoted(value)), Line(value, f"{{{value}}}"))
        problem = Syntax("a second `:` in one value", help=Remedy(help, *ways))
        return Stop(problem, failure.here())
    above = failure.line_above()
    if above is not None and not _ENTRY.search(failure.lines[above]):
        return _unfinished(failure, above)
    key = failure.before.strip()
    problem = Syntax(
        f"`{short(key)}` cannot begin here: the line above has a value already",
        help=Remedy("indent it as the key that it stands beside", *_indented(failure, above)),
    )
    start = len(failure.before) - len(failure.before.lstrip())
    return Stop(problem, (failure.line, start, failure.line, max(failure.column, start + 1)))


def _indented(failure: Failure, above: int | None) -> tuple[Line, ...]:
    """Write a line again, as far to the right as the one above."""
    line = failure.lines[above] if above is not None else ""
    indent = line[: len(line) - len(line.lstrip())]
    return (Line(failure.text, f"{indent}{failure.text.lstrip()}"),)


def _no_colon(failure: Failure) -> Stop:
    return _unfinished(failure, failure.begin()[0])


def _unfinished(failure: Failure, line: int) -> Stop:
    """Explain a line that is no entry of a mapping, although the next one is."""
    text = failure.lines[line].split(" #")[0].strip()
    column = failure.lines[line].find(text)
    inner = _NO_SPACE.search(text)
    if inner is not None and inner.start():
        rest = whole_expression(text[inner.end() :])
        problem = refusals.missing_space(f"{inner[0]}{rest}")
        column += inner.start()
        return Stop(problem, (line, column, line, column + len(inner[0])))
    return Stop(_no_entry(text), (line, column, line, column + max(1, len(text))))


def _no_entry(text: str) -> Problem:
    """Say what is missing in a line that is no entry: a space, or a colon."""
    if re.match(r"-[^-\s]", text):
        help = Remedy(f"write `{short(f'- {text[1:]}')}`", Word(text, f"- {text[1:]}"))
        return Syntax(f"a space is missing after the `-` of `{short(text)}`", help=help)
    if ":" in text:
        return refusals.missing_space(text)
    help = Remedy("write a colon and a space after the key", *_with_colon(text))
    return Syntax(f"`{short(text)}` is no `key: value`", help=help)


def _with_colon(text: str) -> tuple[Word, ...]:
    key, _, value = text.partition(" ")
    return (Word(text, f"{key}: {value.lstrip()}".rstrip()),) if key.isidentifier() else ()


def _entry(failure: Failure) -> Stop:
    problem = Syntax(
        f"`{failure.rest[:1]}` cannot begin an entry here", help="give the list lines of its own"
    )
    return Stop(problem, failure.here())


def _block_scalar(failure: Failure) -> Stop:
    line, column = failure.begin()[:2]
    character = failure.lines[line][column : column + 1]
    problem = Syntax(
        f"`{character}` at the beginning of a value announces a text on the lines below",
        help="put a value that begins with it in quotes",
    )
    return Stop(problem, failure.begin())


def _comma(failure: Failure) -> Stop:
    if failure.is_at_end:
        return _unclosed(failure)
    if failure.rest[0] in "[{":
        return _bracket(failure)
    opener = failure.begin()
    if failure.rest[0] == ":" and _is_outside(failure, opener):
        return _unclosed(failure)
    closing = _closing(failure, opener)
    problem = Syntax(f"a comma or `{closing}` is missing before `{failure.rest[0]}`")
    related = (Label(span_of(opener), f"opened here, to be closed by `{closing}`"),)
    return Stop(replace(problem, related=related), failure.here())


def _bracket(failure: Failure) -> Stop:
    start = _start_of_value(failure.before)
    value = whole_expression(failure.text[start:])
    taken = refusals.list_in_expression(value)
    if taken is not None:
        return Stop(taken, (failure.line, start, failure.line, start + len(value)))
    problem = Syntax(
        f"a value inside `{{}}` or `[]` ends at `{failure.rest[0]}`",
        help=Remedy(f"quote it: {quoted(value)}", Value(quoted(value))),
    )
    return Stop(problem, (failure.line, start, failure.line, start + max(1, len(value))))


def _start_of_value(before: str) -> int:
    """Find where a value begins that goes on behind its own brackets, as `[8, 16][0]` does."""
    marks = [place + 1 for place, sign in enumerate(before) if sign in ",:{["]
    closed = (place for place in reversed(marks) if _is_balanced(before[place:]))
    start = next(closed, 0)
    return start + len(before[start:]) - len(before[start:].lstrip())


def _is_balanced(text: str) -> bool:
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in ("[]", "{}", "()"))


def _content(failure: Failure) -> Stop:
    if failure.is_at_end and failure.opened:
        return _unclosed(failure)
    found = failure.rest[:1] or "the end"
    return Stop(Syntax(f"a value is missing before `{found}`"), failure.here())


def _is_outside(failure: Failure, opener: Mark) -> bool:
    """Tell whether a line below an open bracket is indented as if the bracket were closed."""
    outer = failure.lines[opener[0]]
    indents = [len(line) - len(line.lstrip()) for line in (outer, failure.text)]
    return failure.line > opener[0] and indents[1] <= indents[0]


def _unclosed(failure: Failure) -> Stop:
    line, column = (failure.opened[-1] if failure.opened else failure.begin())[:2]
    opener = failure.lines[line][column : column + 1]
    return Stop(Syntax(f"the bracket `{opener}` is never closed"), (line, column, line, column + 1))


def _closing(failure: Failure, opener: Mark) -> str:
    line, column = opener[:2]
    return "]" if failure.lines[line][column : column + 1] == "[" else "}"


def _block(failure: Failure) -> Stop:
    """Explain why a line is none of the block around it: its indentation, or what stands before."""
    if failure.rest[:1] in ("]", "}"):
        return Stop(Syntax(f"`{failure.rest[0]}` closes no open bracket"), failure.here())
    if failure.before.strip():
        problem = Syntax(
            f"`{short(failure.rest.rstrip())}` cannot follow a complete value",
            help="quote the value as a whole",
        )
        return Stop(problem, failure.here(max(1, len(failure.rest.rstrip()))))
    problem = Syntax(
        "this line belongs to nothing above it",
        help="indent it as the lines that it stands beside; items of a list begin with `- `",
    )
    related: tuple[Label, ...] = ()
    if failure.context is not None and failure.context[0] != failure.line:
        related = (Label(span_of(failure.begin()), "the entries begin here"),)
    return Stop(replace(problem, related=related), failure.here())


def _second_document(failure: Failure) -> Stop:
    return Stop(refusals.second_document(), failure.here())


# The first needle found decides; libyaml and the parser in pure Python share these words.
_WORDS: tuple[tuple[str, Callable[[Failure], Stop]], ...] = (
    ("tab character", _tab),
    ("unexpected end of stream", _quote),
    ("unexpected document", _quote),
    ("tag", _tag),
    ("escape", _escape),
    ("quoted scalar", _escape),
    ("cannot start any token", _first_character),
    ("alias", _star_or_ampersand),
    ("scanning an anchor", _star_or_ampersand),
    ("mapping values", _second_colon),
    ("expected ':'", _no_colon),
    ("entries are not allowed", _entry),
    ("mapping keys", _entry),
    ("block scalar", _block_scalar),
    ("document start", _second_document),
    ("expected ','", _comma),
    ("node content", _content),
    ("expected key", _block),
    ("block collection", _block),
    ("block mapping", _block),
)
