"""Mend a spec: make the changes of which it is certain that they were meant."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archspec.diagnostics import Diagnostic, Edit, SpecError
from archspec.pipeline import Outcome, check
from archspec.source import Source, applied, read
from archspec.spelling import Proposal, Speller

MOST_ROUNDS = 30
"""Behind one mistake another may come to light; so often they are looked for."""

MOST_TRIALS = 100
"""So many changes are tried out in one text."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text after all certain changes: how many were made, and what is found in it now."""

    text: str
    changes: int
    outcome: Outcome


def mend(text: str, name: str, folder: Path | None = None) -> Mended:
    r"""Change a text until nothing in it is certain to be mended; the rest of it stays as it is.

    A change is certain where a message proposes it, or where it puts a word in the place of one
    like it, takes an error away and brings no message. Of several that do, the one that changes the
    fewest words is made: where a name is misspelt at its definition, that is the definition. Where
    two words could stand in one place, none is put there.
    Raises `SpecError` where the text is no YAML.

    >>> spec = "archspec: 1\nname: N\ninput: [N, 3]\nlayers: [rellu]\n"
    >>> print(mend(spec, "net.yaml").text.splitlines()[-1])
    layers: [relu]
    """
    bench = _Bench(name, folder)
    found = Mended(text, 0, bench.checked(text))
    for _ in range(MOST_ROUNDS):
        edits = bench.edits(found)
        changed = applied(found.text, edits)
        if changed == found.text:
            break
        found = Mended(changed, found.changes + len(edits), bench.checked(changed))
    return found


@dataclass(slots=True)
class _Bench:
    """Where changes are tried out: the name and the folder of a text, and the trials so far."""

    name: str
    folder: Path | None
    trials: int = 0

    def read(self, text: str) -> Source:
        return read(text, self.name, folder=self.folder)

    def checked(self, text: str) -> Outcome:
        return check(self.read(text))

    def edits(self, found: Mended) -> tuple[Edit, ...]:
        """Choose the changes of a round: for one message those that prove right, else all told."""
        errors = (item for item in found.outcome.diagnostics if item.severity == "error")
        own = [item for item in errors if item.file == self.name]
        speller = Speller.of(self.read(found.text))
        left: list[Edit] = []
        for item in own:
            proved = [each for each in speller.proposals(item) if self._proves(each, found, item)]
            best = _best(proved)
            if best is not None:
                return best.edits
            left += () if proved else item.edits
        return tuple(dict.fromkeys(left))

    def _proves(self, proposal: Proposal, found: Mended, item: Diagnostic) -> bool:
        """Say whether changes take a message away, and bring none."""
        self.trials += 1
        if self.trials > MOST_TRIALS:
            return False
        try:
            after = self.checked(applied(found.text, proposal.edits))
        except SpecError:
            return False
        left, before = _told(after), _told(found.outcome)
        return left <= before and left[_key(item)] < before[_key(item)]


def _best(proved: Sequence[Proposal]) -> Proposal | None:
    """Choose the proposal that changes least, and makes the words most alike to the others.

    Where two words could stand in one place, neither is certain.
    """
    certain = [one for one in proved if not any(other.rivals(one) for other in proved)]
    return min(certain, key=lambda one: (len(one.edits), -one.gain), default=None)


def _told(outcome: Outcome) -> Counter[tuple[str, str, str]]:
    return Counter(map(_key, outcome.diagnostics))


def _key(item: Diagnostic) -> tuple[str, str, str]:
    return item.file, item.slug, item.message
