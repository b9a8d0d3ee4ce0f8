"""Changes of words that could take a message away: candidates, of which none is certain yet."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from archspec.diagnostics import Edit, Path, Problem, Span, is_slip
from archspec.fix.words import FIELD, Kinds, Word, familiarity, pieces_of, vocabulary, words
from archspec.source import Source

_QUOTED = re.compile(r"`([^`]*)`")
_NAME = re.compile(r"[A-Za-z_]\w*")

_NO_WORDS = ("shape",)
_CLOSED = ("schema", "type", "domain")
"""What a message of these categories proposes is a word of the language."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word of a text, or several, and what to put in its place.

    `gain` says how much better the new word goes with the others of the text than the old one.
    It is `proposed` where a message says it, `closed` where it is a word of the language for
    another one, and `usual` where the new word stands elsewhere in the text.
    """

    edits: tuple[Edit, ...]
    gain: float = 0.0
    proposed: bool = False
    closed: bool = False
    usual: bool = True

    @property
    def rank(self) -> tuple[int, float]:
        """Of several that prove right the one of the lowest rank is made."""
        return len(self.edits), -self.gain

    def rivals(self, other: "Proposal") -> bool:
        """Say whether another word could as well stand in the same place."""
        places = {edit.span for edit in self.edits}
        shared = any(edit.span in places for edit in other.edits)
        return shared and self.edits != other.edits and self.usual >= other.usual


@dataclass(frozen=True, slots=True)
class Speller:
    """The words of a text, how often each stands there, what they name, and their pieces."""

    words: tuple[Word, ...]
    counts: Counter[str]
    kinds: Mapping[str, Kinds]
    pieces: Counter[str]

    @classmethod
    def of(cls, source: Source) -> "Speller":
        """Look at a text."""
        every = words(source)
        counts = Counter(word.text for word in every)
        kinds = dict(vocabulary())
        for word in every:
            kinds[word.text] = kinds.get(word.text, frozenset()) | word.kinds
        every_word = (*kinds, *FIELD.split())
        pieces = Counter(piece for text in every_word for piece in pieces_of(text))
        return cls(every, counts, kinds, pieces)

    def proposals(self, problem: Problem) -> Iterator[Proposal]:
        """Propose what a message says, and near words for strange ones that it may be about.

        A word is strange that stands once in the text and is none of the language. A message may
        be about those that it names or at which it stands, and about those that are nearly what it
        names: a name that nothing has may be misspelt where it is defined. One about shapes is
        about no word. What is put in the place of a word names the same kind of thing.
        """
        if problem.edits:
            usual = all(edit.text in self.counts for edit in problem.edits)
            closed = problem.category in _CLOSED
            yield Proposal(problem.edits, proposed=True, closed=closed, usual=usual)
        if problem.category in _NO_WORDS:
            return
        about = _About.of(problem)
        yield from self._batch(about)
        for word, before in zip(self.words, (None, *self.words), strict=False):
            yield from self._near(word, self._candidates(word, about, about.covers(word, before)))

    def gain(self, old: str, new: str) -> float:
        """Say how much better a word goes with the text, and with the language, than another."""
        others = self.pieces - Counter([*pieces_of(old), *pieces_of(new)])
        return familiarity(new, others) - familiarity(old, others)

    def places(self, problem: Problem, proposal: Proposal) -> tuple[Path, ...]:
        """Say where in the data a message stands, and what is changed, by their paths then."""
        new = {edit.span: edit.text for edit in proposal.edits}
        changed = [word for word in self.words if word.span in new]
        moved = {word.path: word.renamed(new[word.span]) for word in changed if word.key}
        own = self._before(problem.span)
        paths = (word.path for word in (*changed, *((own,) if own else ())))
        return tuple(_after(path, moved) for path in paths)

    def targets(self, proposal: Proposal) -> tuple[Path, ...]:
        """Say by their paths which layers are read where something is changed."""
        new = {edit.span: edit.text for edit in proposal.edits}
        layers = {word.path for word in self.words if word.key}
        words = (word for word in self.words if word.span in new and word.reads)
        named = (word.beside(new[word.span]) for word in words)
        return tuple(path for path in named if path in layers)

    def _before(self, span: Span | None) -> Word | None:
        """Find the last word up to a place, which is the key of what stands there."""
        start = (span.line, span.column) if span is not None else (0, 0)
        before = (word for word in self.words if (word.span.line, word.span.column) <= start)
        return max(before, key=lambda word: word.span, default=None)

    def _batch(self, about: "_About") -> Iterator[Proposal]:
        """Propose the symbol that is the batch in every other shape, where that is plain."""
        batches = [word for word in self.words if word.is_batch]
        for word in batches:
            others = {each.text for each in batches if each != word}
            here = about.first <= word.span.line <= about.last
            if here and word.text in about.names and len(others) == 1:
                yield Proposal((Edit(word.span, others.pop()),))

    def _candidates(self, word: Word, about: "_About", covered: bool) -> Collection[str]:
        """Give the words of which one may be the right one."""
        strange = self.counts[word.text] == 1 and word.text not in vocabulary()
        if strange and covered:
            return self.kinds
        return about.names if strange or covered else ()

    def _near(self, word: Word, among: Collection[str]) -> Iterator[Proposal]:
        for text in sorted(among):
            if is_slip(word.text, text) and word.kinds & self.kinds.get(text, frozenset()):
                gain = self.gain(word.text, text)
                yield Proposal((Edit(word.span, text),), gain, usual=text in self.counts)


def _after(path: Path, moved: Mapping[Path, Path]) -> Path:
    """Say where a place of the data is, after keys around it were renamed."""
    for old, new in moved.items():
        if path[: len(old)] == old:
            return (*new, *path[len(old) :])
    return path


@dataclass(frozen=True, slots=True)
class _About:
    """What a message is about: the names in it, those beside it, and the lines where it stands."""

    names: set[str]
    beside: set[str]
    first: int
    last: int

    @classmethod
    def of(cls, problem: Problem) -> "_About":
        names = _NAME.findall(" ".join(_QUOTED.findall(problem.message)))
        first, last = _reach(problem)
        line = problem.lines[first - 1] if first else ""
        return cls(set(names), {*names, *_NAME.findall(line)}, first, last)

    def covers(self, word: Word, before: Word | None) -> bool:
        """Say whether it is about a word, given the one before it, which may be its key."""
        is_value = before is not None and before.text in self.beside
        return is_value or word.text in self.names or self.first <= word.span.line <= self.last


def _reach(problem: Problem) -> tuple[int, int]:
    """Give the line of a message, and the last of those that are indented below it."""
    if problem.span is None:
        return 0, 0
    first = last = problem.span.line
    own = _indent(problem.lines[first - 1])
    for number, line in enumerate(problem.lines[first:], start=first + 1):
        if line.strip() and _indent(line) <= own:
            break
        last = number
    return first, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
