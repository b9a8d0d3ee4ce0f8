"""Mend a spec: make the changes that are certain to be right."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path as Folder

from archspec.diagnostics import Edit, Path, Place, Problem, SpecError
from archspec.fix.proposals import Proposal, Speller
from archspec.pipeline import Outcome, check, compile
from archspec.source import Source, applied, read

MOST_ROUNDS = 30
"""The most changes made in one text, one after another."""

MOST_TRIALS = 100
"""The most changes tried out in one text."""

MOST_BEHIND = 3
"""The most mistakes behind each other that are mended together."""

_OF_NAMES = ("unused-name", "unread-layer")
"""Warnings of which the cause may be a misspelt name elsewhere."""

Key = tuple[str, str, str]
"""The file of a message, its kind and its text: what stays the same where lines move."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text after all certain changes: how many were made, and what is found in it now."""

    text: str
    changes: int
    outcome: Outcome


def mend(text: str, name: str, folder: Folder | None = None) -> Mended:
    r"""Change a text until nothing in it is certain to be mended; the rest of it stays as it is.

    A change is certain where a message proposes it, or where it puts a word in the place of one
    like it, and where it takes an error away and brings none: what it touches is built afterwards.
    Where another error was hidden behind the first, both are mended or none. Of several changes
    the one of the fewest words is made: where a name is misspelt at its definition, that is the
    definition. Where two words could stand in one place, none is put there.
    Raises `SpecError` where the text is no YAML.

    >>> spec = "archspec: 1\nname: N\ninput: [N, 3]\nlayers: [rellu]\n"
    >>> print(mend(spec, "net.yaml").text.splitlines()[-1])
    layers: [relu]
    """
    bench = _Bench(name, folder)
    return bench.mended(Mended(text, 0, check(bench.read(text))))


@dataclass(frozen=True, slots=True)
class _Trial:
    """A change that takes an error away: where, what is read then, and what comes of it."""

    item: Problem
    proposal: Proposal
    places: tuple[Path, ...]
    targets: tuple[Path, ...]
    after: Mended

    def proves(self, before: Outcome, end: Outcome) -> bool:
        """Say whether a text in which it was made has fewer errors, and stands where it was."""
        return self.lessens(before, end) and self.stands(end)

    def lessens(self, before: Outcome, end: Outcome) -> bool:
        """Say whether there are fewer errors, and no other ones."""
        left, had = self._weighed(end), _counted(before.diagnostics)
        return left <= had and left[_key(self.item)] < had[_key(self.item)]

    def _weighed(self, end: Outcome) -> Counter[Key]:
        """Count what speaks against it: errors, and where it is about names their warnings."""
        proposal = self.proposal
        slugs = () if proposal.closed else _OF_NAMES
        return _counted(
            each
            for each in end.diagnostics
            if each.severity == "error" or not proposal.proposed or each.slug in slugs
        )

    def stands(self, end: Outcome) -> bool:
        """Say whether the layers that it is about are built; of a word of the language, are there.

        Beside a layer that fails for another reason nothing that it reads or says is proved.
        """
        built = set(_located(end, end.standing.built, self.item.file))
        absent = set(_located(end, end.standing.absent, self.item.file)) - built
        layers = [layer for place in self.places for layer in _layers_around(place)[-1:]]
        every = (*self.places, *self.targets)
        around = (layer for place in every for layer in _layers_around(place))
        apart = absent.isdisjoint(around)
        return apart and (self.proposal.closed or built.issuperset((*layers, *self.targets)))


@dataclass(slots=True)
class _Bench:
    """Where changes are tried out: the name and the folder of a text, and the trials so far."""

    name: str
    folder: Folder | None
    trials: int = 0

    def read(self, text: str) -> Source:
        return read(text, self.name, folder=self.folder)

    def mended(self, current: Mended, behind: tuple[_Trial, ...] = ()) -> Mended:
        """Make one change after another, `behind` those that have yet to prove right."""
        current = self.together(current, behind) or current
        for _ in range(MOST_ROUNDS):
            changed = self.changed(current, behind)
            if changed is None:
                break
            current = changed
        return current

    def together(self, current: Mended, behind: tuple[_Trial, ...]) -> Mended | None:
        """Make all changes that messages propose, if each of them proves right beside the others.

        Shapes are left out, of which one change may need another one.
        """
        speller = Speller.of(self.read(current.text))
        errors = [item for item in self.errors(current, behind) if item.edits]
        words = (item for item in errors if item.category != "shape")
        single = [(item, _single(tuple(speller.proposals(item)))) for item in words]
        pairs = [(item, proposal) for item, proposal in single if proposal is not None]
        edits = tuple(edit for _, proposal in pairs for edit in proposal.edits)
        end = self.ended(current, edits) if len(pairs) > 1 else None
        if end is None or not _counted(item for item, _ in pairs) <= _gone(current, end):
            return None
        trials = (_trial(item, proposal, speller, end) for item, proposal in pairs)
        return end if all(each.proves(current.outcome, end.outcome) for each in trials) else None

    def changed(self, current: Mended, behind: tuple[_Trial, ...]) -> Mended | None:
        """Make a change that proves right, else several of which only all together do."""
        speller = Speller.of(self.read(current.text))
        guesses: list[_Trial] = []
        for item in self.errors(current, behind):
            trials = tuple(self.trials_of(item, current, speller))
            fewer = [each for each in trials if each.lessens(current.outcome, each.after.outcome)]
            best = _best(fewer)
            if best is not None and best.stands(best.after.outcome):
                return best.after
            guesses += [] if fewer else _alone(trials)
        if len(behind) == MOST_BEHIND:
            return None
        ends = (self.behind(guess, current, behind) for guess in guesses)
        return next((end for end in ends if end is not None), None)

    def errors(self, current: Mended, behind: tuple[_Trial, ...]) -> Iterator[Problem]:
        """List what may be mended; shapes that come to light behind a word speak against it."""
        words = any(guess.item.category != "shape" for guess in behind)
        for item in current.outcome.diagnostics:
            own = item.severity == "error" and item.file == self.name
            if own and not (words and item.category == "shape"):
                yield item

    def behind(self, guess: _Trial, current: Mended, behind: tuple[_Trial, ...]) -> Mended | None:
        """Mend what a change brings to light; `None` where something of it is left."""
        end = self.mended(guess.after, (*behind, guess))
        return end if guess.proves(current.outcome, end.outcome) else None

    def trials_of(self, item: Problem, current: Mended, speller: Speller) -> Iterator[_Trial]:
        """Try out what may mend an error, each text once, and keep what takes it away."""
        tried: set[tuple[Edit, ...]] = set()
        for proposal in speller.proposals(item):
            if proposal.edits not in tried and self._is_worth(item, proposal, current):
                after = self.ended(current, proposal.edits)
                if after is not None and _gone(current, after)[_key(item)] > 0:
                    yield _trial(item, proposal, speller, after)
            tried.add(proposal.edits)

    def _is_worth(self, item: Problem, proposal: Proposal, current: Mended) -> bool:
        """Say whether a change may prove right, by the spec without its variants, if it has any."""
        outcome = current.outcome
        if outcome.spec is not None and not outcome.spec.variants:
            return True
        self.trials += 1
        if self.trials > MOST_TRIALS:
            return False
        try:
            text = applied(current.text, proposal.edits)
            left = _counted(compile(self.read(text)).diagnostics)
        except SpecError:
            return False
        had = _counted(outcome.diagnostics)
        return left[_key(item)] < had[_key(item)] and (proposal.proposed or left <= had)

    def ended(self, current: Mended, edits: tuple[Edit, ...]) -> Mended | None:
        """Try out changes; `None` where there have been too many trials, or none is made."""
        text = applied(current.text, edits)
        self.trials += 1
        if self.trials > MOST_TRIALS or text == current.text:
            return None
        with suppress(SpecError):
            return Mended(text, current.changes + len(edits), check(self.read(text)))
        return None


def _trial(item: Problem, proposal: Proposal, speller: Speller, after: Mended) -> _Trial:
    places, targets = speller.places(item, proposal), speller.targets(proposal)
    return _Trial(item, proposal, places, targets, after)


def _single(proposals: Sequence[Proposal]) -> Proposal | None:
    """Give what a message proposes, unless there is another way."""
    proposed = next((one for one in proposals if one.proposed), None)
    rivals = proposed is not None and any(one.edits != proposed.edits for one in proposals)
    return None if rivals else proposed


def _gone(before: Mended, after: Mended) -> Counter[Key]:
    """Count the messages that there are no more."""
    return _counted(before.outcome.diagnostics) - _counted(after.outcome.diagnostics)


def _alone(trials: Sequence[_Trial]) -> list[_Trial]:
    """Give what a message proposes, where nothing else takes it away."""
    return [each for each in trials if len(trials) == 1 and each.proposal.proposed]


def _best(proved: Sequence[_Trial]) -> _Trial | None:
    """Choose the trial that changes least, and makes the words most alike to the others.

    Where two words could stand in one place, neither is certain.
    """
    certain = (it for it in proved if not any(o.proposal.rivals(it.proposal) for o in proved))
    return min(certain, key=lambda trial: trial.proposal.rank, default=None)


def _located(outcome: Outcome, paths: frozenset[Path], file: str) -> Iterator[Path]:
    """Find layers in the data of one file."""
    if outcome.texts is None:
        return
    for path in paths:
        source, place = outcome.texts.locate(Place(path))
        if place is not None and source.name == file:
            yield place.path


def _layers_around(path: Path) -> list[Path]:
    """List the layers around a place of the data, outer ones first.

    >>> _layers_around(("blocks", "b", "layers", "branch", 0, "out_channels"))
    [('blocks', 'b', 'layers', 'branch'), ('blocks', 'b', 'layers', 'branch', 0)]
    """
    layers: list[Path] = []
    for end in range(2, len(path) + 1):
        listed = bool(layers) and layers[-1] == path[: end - 1] and isinstance(path[end - 1], int)
        if path[end - 2] == "layers" or listed:
            layers.append(path[:end])
    return layers


def _counted(diagnostics: Iterable[Problem]) -> Counter[Key]:
    return Counter(map(_key, diagnostics))


def _key(item: Problem) -> Key:
    return item.file, item.slug, item.message
