"""What may have been meant: for a message, the changes that could take it away."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from archspec.diagnostics import Diagnostic, Edit
from archspec.source import Source
from archspec.spelling.likeness import familiarity, is_near, pieces_of
from archspec.spelling.vocabulary import vocabulary
from archspec.spelling.words import Word, words

_QUOTED = re.compile(r"`([^`]*)`")
_NAME = re.compile(r"[A-Za-z_]\w*")

_NO_WORDS = ("shape",)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word of a text, or several, and what to put in its place.

    `gain` says how much better the new word goes with the others of the text than the old one.
    `told` says that a message proposes it, `usual` that the new word stands elsewhere in the text.
    """

    edits: tuple[Edit, ...]
    gain: float = 0.0
    told: bool = False
    usual: bool = True

    def rivals(self, other: "Proposal") -> bool:
        """Say whether another word could as well stand in the same place."""
        places = {edit.span for edit in self.edits}
        shared = any(edit.span in places for edit in other.edits)
        return shared and self.edits != other.edits and self.usual >= other.usual


@dataclass(frozen=True, slots=True)
class Speller:
    """The words of a text, how often each stands there, and the pieces that they are made of."""

    words: tuple[Word, ...]
    counts: Counter[str]
    pieces: Counter[str]

    @classmethod
    def of(cls, source: Source) -> "Speller":
        """Look at a text."""
        every = words(source)
        counts = Counter(word.text for word in every)
        known = {*counts, *vocabulary()}
        return cls(every, counts, Counter(piece for text in known for piece in pieces_of(text)))

    def proposals(self, found: Diagnostic) -> Iterator[Proposal]:
        """Propose what a message says, and near words for strange ones that it may be about.

        A word is strange that stands once in the text and is none of the language. A message may
        be about those that it names or at which it stands, and about those that are nearly what it
        names: a name that nothing has may be misspelt where it is defined. One about shapes is
        about no word.
        """
        if found.edits:
            usual = all(edit.text in self.counts for edit in found.edits)
            yield Proposal(found.edits, told=True, usual=usual)
        if found.problem.category in _NO_WORDS:
            return
        about = _About.of(found)
        for word, before in zip(self.words, (None, *self.words), strict=False):
            yield from self._near(word, self._meant(word, about, about.covers(word, before)))

    def gain(self, old: str, new: str) -> float:
        """Say how much better a word goes with the text, and with the language, than another."""
        others = self.pieces - Counter([*pieces_of(old), *pieces_of(new)])
        return familiarity(new, others) - familiarity(old, others)

    def _meant(self, word: Word, about: "_About", covered: bool) -> set[str]:
        """Give the words of which one may have been meant."""
        strange = self.counts[word.text] == 1 and word.text not in vocabulary()
        if strange and covered:
            return {*self.counts, *vocabulary()}
        return about.names if strange or covered else set()

    def _near(self, word: Word, among: set[str]) -> Iterator[Proposal]:
        for text in sorted(among):
            if is_near(word.text, text):
                gain = self.gain(word.text, text)
                yield Proposal((Edit(word.span, text),), gain, usual=text in self.counts)


@dataclass(frozen=True, slots=True)
class _About:
    """What a message is about: the names in it, those beside it, and the lines where it stands."""

    names: set[str]
    beside: set[str]
    first: int
    last: int

    @classmethod
    def of(cls, found: Diagnostic) -> "_About":
        names = _NAME.findall(" ".join(_QUOTED.findall(found.message)))
        first, last = _reach(found)
        line = found.lines[first - 1] if first else ""
        return cls(set(names), {*names, *_NAME.findall(line)}, first, last)

    def covers(self, word: Word, before: Word | None) -> bool:
        """Say whether it is about a word, given the one before it, which may be its key."""
        is_value = before is not None and before.text in self.beside
        return is_value or word.text in self.names or self.first <= word.span.line <= self.last


def _reach(found: Diagnostic) -> tuple[int, int]:
    """Give the line of a message, and the last of those that are indented below it."""
    if found.span is None:
        return 0, 0
    first = last = found.span.line
    own = _indent(found.lines[first - 1])
    for number, line in enumerate(found.lines[first:], start=first + 1):
        if line.strip() and _indent(line) <= own:
            break
        last = number
    return first, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
