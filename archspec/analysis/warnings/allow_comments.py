"""Comments that allow warnings, `# archspec: allow SLUG`, and what is wrong with them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import yaml

from archspec.diagnostics import Edit, Problem, Span, Suggestion, UnknownWarning, UnusedAllow
from archspec.document import close_match, listed
from archspec.source import Source, in_text
from archspec.source.reader import FASTEST, mark_of, parse
from archspec.source.source import Mark, span_of

_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*archspec:\s*allow(?=\s|$)(?P<rest>.*)")
_SLUGS = re.compile(r"\s*[a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9-]+", re.IGNORECASE)
_EMPTY = re.compile(r"\s*(?:#.*)?")


class Allowed(NamedTuple):
    """A warning that a comment allows on a line, counted from 1, and where its slug stands.

    Where a comment names none, the slug is empty.
    """

    slug: str
    line: int
    span: Span


def allowed(lines: tuple[str, ...]) -> tuple[Allowed, ...]:
    """Read the comments; one on a line of its own speaks of the next line that says something.

    >>> [(item.slug, item.line) for item in allowed(("# archspec: allow one, two", "a: 'b'"))]
    [('one', 2), ('two', 2)]
    """
    comments = [
        (number, match)
        for number, line in enumerate(lines)
        if "archspec" in line
        for match in _COMMENT.finditer(line)
    ]
    if not comments:
        return ()
    texts = tuple(_texts(lines))
    return tuple(
        item
        for number, match in comments
        if not any(_holds(text, number, match.start()) for text in texts)
        for item in _read(lines, number, match)
    )


def _texts(lines: tuple[str, ...]) -> Iterator[Mark]:
    """Tell where texts stand: what is in one is no comment."""
    for event in parse(lines, FASTEST):
        if isinstance(event, yaml.ScalarEvent):
            yield mark_of(event)


def _holds(mark: Mark, line: int, column: int) -> bool:
    return mark[:2] <= (line, column) < mark[2:]


def _read(lines: tuple[str, ...], number: int, match: re.Match[str]) -> Iterator[Allowed]:
    line = number if lines[number][: match.start()].strip() else _next(lines, number)
    slugs = _SLUGS.match(match["rest"])
    if slugs is None:
        yield Allowed("", line + 1, _span(number, match.start(), match.end("rest")))
        return
    start = match.start("rest")
    for slug in _SLUG.finditer(match["rest"], 0, slugs.end()):
        yield Allowed(slug[0], line + 1, _span(number, start + slug.start(), start + slug.end()))


def _next(lines: tuple[str, ...], number: int) -> int:
    for following in range(number + 1, len(lines)):
        if not _EMPTY.fullmatch(lines[following]):
            return following
    return number


def _span(number: int, start: int, end: int) -> Span:
    return span_of((number, start, number, end))


Key = tuple[int, str]
"""A line, counted from 1, and the slug of a warning."""


@dataclass(frozen=True, eq=False)
class Allowances:
    """What the comments of a text allow: warnings with their spans, and what is `unknown`."""

    source: Source
    spans: Mapping[Key, Span] = field(default_factory=dict)
    unknown: tuple[Allowed, ...] = ()

    @classmethod
    def of(cls, source: Source) -> "Allowances":
        """Read the comments."""
        comments, slugs = allowed(source.lines), _slugs("warning")
        spans = {(item.line, item.slug): item.span for item in comments if item.slug in slugs}
        return cls(source, spans, tuple(item for item in comments if item.slug not in slugs))

    def kept(self, problems: Iterable[Problem]) -> list[Problem]:
        """Leave out what is allowed."""
        return [item for item in problems if self._key(item) not in self.spans]

    def applied(self, problems: Sequence[Problem], *, is_whole: bool) -> list[Problem]:
        """Leave out what is allowed, and add what is wrong with the comments.

        Whether one allows nothing is only sure where there are no errors, and where `is_whole` says
        that all variants were checked.
        """
        kept = [*self.kept(problems), *self.mistakes()]
        if is_whole and not any(item.severity == "error" for item in problems):
            kept += self.unused(problems)
        return kept

    def mistakes(self) -> Iterator[Problem]:
        """Report the comments that name no warning."""
        for item in self.unknown:
            problem = self._at(item.span, _unknown(item.slug))
            help = problem.help
            edits = (Edit(item.span, help.new),) if isinstance(help, Suggestion) else ()
            yield replace(problem, edits=edits)

    def unused(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        """Report the comments that allow nothing of what was found."""
        used = set(map(self._key, problems))
        for key, span in self.spans.items():
            if key not in used:
                text = f"nothing warns of `{key[1]}` here"
                problem = self._at(span, UnusedAllow(text, help="take the comment away"))
                yield replace(problem, alternatives=self._without(span))

    def _without(self, span: Span) -> tuple[tuple[Edit, ...], ...]:
        """Take a comment away, where it allows nothing else."""
        if sum(other.line == span.line for other in self.spans.values()) > 1:
            return ()
        text = self.source.lines[span.line - 1]
        start = len(text[: text.rfind("#", 0, span.column)].rstrip())
        return ((Edit(Span(span.line, start + 1, span.line, len(text) + 1), ""),),)

    def _key(self, item: Problem) -> Key | None:
        """Give what allows a warning of this text; of another file none does."""
        if item.severity == "error" or item.span is None or item.file != self.source.name:
            return None
        return item.span.line, item.slug

    def _at(self, span: Span, problem: Problem) -> Problem:
        return in_text(replace(problem, span=span), self.source.name, self.source.lines)


def _slugs(severity: str) -> set[str]:
    return {kind.slug for kind in Problem.__subclasses__() if kind.level == severity}


def _unknown(slug: str) -> UnknownWarning:
    warnings = sorted(_slugs("warning"))
    if not slug:
        return UnknownWarning("`allow` names no warning", help=f"there are {listed(warnings)}")
    if slug in _slugs("error"):
        return UnknownWarning(f"`{slug}` is an error, and no comment allows it")
    help = close_match(slug, warnings) or f"there are {listed(warnings)}"
    return UnknownWarning(f"there is no warning `{slug}`", help=help)
