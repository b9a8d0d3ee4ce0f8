"""Judge 20,000 mutants of the shipped specs, planted mistakes, and what `archspec fix` writes.

`make mutants` runs it.

It says how far it is, writes each failure to a file, and reports by spec and by mutation.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

from support.mutants.certainty import judgement
from support.mutants.certainty import shown as written
from support.mutants.mending import is_given_back, is_misspelt_name
from support.mutants.mishaps import Mishap, drawn
from support.mutants.mutations import Mutant
from support.mutants.nearness import in_order, leads_to
from support.mutants.originals import shown
from support.mutants.planted import exact, planted, told
from support.mutants.sample import sample
from support.mutants.verdicts import judge

EVERY = 500
FEWEST_NEAR, FEWEST_ONCE, FEWEST_BACK, FEWEST_CERTAIN = 0.95, 0.99, 0.95, 0.98


class Judged(NamedTuple):
    """The verdict on a mutant, in plain values that cross from one process to another.

    `back` says of a misspelt name whether `archspec fix` gives the original.
    """

    spec: str
    mutation: str
    kind: str
    reason: str
    near: bool
    back: bool | None
    text: str

    @property
    def wrong(self) -> str:
        """Say what is wrong with it, if anything."""
        if self.kind in ("silent", "traceback"):
            return self.kind
        return "far" if self.kind == "reported" and not self.near else ""


class Fixed(NamedTuple):
    """What `archspec fix` wrote for a text with mistakes of a kind: whether that is right."""

    mutation: str
    kind: str
    text: str

    @property
    def wrong(self) -> str:
        """Say whether something else was written than the original, a step to it, or nothing."""
        return self.kind if self.kind == "wrong" else ""


def main() -> int:
    """Judge as many as asked for; the status is 1 where a figure is missed."""
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    with Pool(options.processes) as pool:
        mutants = islice(sample(), options.first, options.first + options.mutants)
        found = list(progress(pool.imap(judged, mutants, chunksize=20)))
        single = list(pool.imap(once, range(options.planted), chunksize=20))
        pairs = list(pool.imap(both, range(options.planted), chunksize=20))
        mistakes = islice(drawn(), options.fix * 3 // 2)  # of which some are none
        fixed = [item for item in pool.imap(mended, mistakes, chunksize=20) if item is not None]
    write(options.out / "mutants.txt", (item.text for item in found if item.wrong))
    write(options.out / "misspelt.txt", (item.text for item in found if item.back is False))
    write(options.out / "planted.txt", filter(None, single + pairs))
    write(options.out / "fixed.txt", (item.text for item in fixed[: options.fix] if item.wrong))
    report("by spec", found, "spec")
    report("by mutation", found, "mutation")
    report("by what `fix` was given", fixed[: options.fix], "mutation")
    return max(conclusion(found, single, pairs), certainty(fixed[: options.fix]))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="how many to leave out")
    parser.add_argument("--planted", type=int, default=500)
    parser.add_argument("--fix", type=int, default=3_000, help="how many texts `fix` is given")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("build/mutants"))
    return parser.parse_args()


def judged(mutant: Mutant) -> Judged:
    """Judge one, and describe it."""
    verdict = judge(mutant)
    told = in_order(verdict.diagnostics)
    near = bool(told) and leads_to(told[0], mutant)
    back = is_given_back(mutant) if is_misspelt_name(mutant, verdict) else None
    messages = [f"> {item.span and item.span.line} [{item.slug}] {item.message}" for item in told]
    head = f"{verdict.kind}, {mutant.mutation}: {verdict.reason}"
    text = "\n".join((head, shown(mutant.spec, mutant.text), *messages))
    return Judged(mutant.spec, mutant.mutation, verdict.kind, verdict.reason, near, back, text)


def mended(item: Mishap) -> Fixed | None:
    """Judge what is written for a text; `None` where nothing is wrong with it, or it is no YAML."""
    found = judgement(item)
    return Fixed(item.kind, found.kind, written(item, found.text)) if found.counts else None


def once(seed: int) -> str:
    """Describe a spec with one mistake that is not told by exactly one message."""
    return unlike(seed, 1)


def both(seed: int) -> str:
    """Describe a spec with two mistakes of which not both are told, or more is."""
    return unlike(seed, 2)


def unlike(seed: int, count: int) -> str:
    """Describe a spec whose planted mistakes are not told exactly; nothing for the others."""
    item = planted(seed, count)
    found = told(item)
    return "" if exact(item, found) else f"seed {seed}, {count}: {item.shown(found)}"


def progress(found: Iterable[Judged]) -> Iterator[Judged]:
    """Say now and then how far it is."""
    begun, kinds = time.monotonic(), Counter[str]()
    for number, item in enumerate(found, start=1):
        kinds[item.wrong or item.kind] += 1
        if number % EVERY == 0:
            print(f"{number} in {time.monotonic() - begun:.0f} s: {listed(kinds)}", flush=True)
        yield item


def write(path: Path, texts: Iterable[str]) -> None:
    """Write the failures."""
    path.write_text("".join(f"{text}\n\n" for text in texts))


def report(title: str, found: Sequence[Judged | Fixed], key: str) -> None:
    """Count the verdicts in groups."""
    print(f"\n{title}")
    for name in sorted({getattr(item, key) for item in found}):
        group = [item for item in found if getattr(item, key) == name]
        kinds = Counter(item.wrong or item.kind for item in group)
        print(f"  {name:24} {len(group):6}  {listed(kinds)}")


def listed(kinds: Counter[str]) -> str:
    """Write counts in one line.

    >>> listed(Counter(far=1, reported=2))
    'reported 2, far 1'
    """
    return ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())


def conclusion(found: list[Judged], single: list[str], pairs: list[str]) -> int:
    """Print the five figures, and hold them."""
    near = [item.near for item in found if item.kind == "reported"]
    silent = sum(item.wrong in ("silent", "traceback") for item in found)
    print("\nequivalent")
    for reason, number in Counter(x.reason for x in found if x.kind == "equivalent").most_common():
        print(f"  {number:6}  {reason}")
    print(f"\n{len(found)} mutants: {silent} silent or with a traceback")
    print(f"first message near the token: {share(near):.2%} of {len(near)} reported")
    back = [item.back for item in found if item.back is not None]
    print(f"`fix` gives the original: {share(back):.2%} of {len(back)} misspelt names")
    once = [not text for text in single]
    print(f"one message for one planted mistake: {share(once):.2%} of {len(once)}")
    print(f"two planted mistakes: {sum(map(bool, pairs))} of {len(pairs)} not told exactly")
    missed = share(near) < FEWEST_NEAR or share(once) < FEWEST_ONCE or share(back) < FEWEST_BACK
    return int(bool(silent) or any(pairs) or missed)


def certainty(fixed: list[Fixed]) -> int:
    """Print how often `fix` writes the original, a step to it, or nothing, and hold that."""
    right = [not item.wrong for item in fixed]
    changed = [not item.wrong for item in fixed if item.kind != "silent"]
    print(f"`fix` is right or silent: {share(right):.2%} of {len(right)} texts with other mistakes")
    print(f"what it writes is right: {share(changed):.2%} of {len(changed)}")
    return int(share(right) < FEWEST_CERTAIN)


def share(good: list[bool]) -> float:
    """Say which part is good; of nothing, all.

    >>> share([True, False])
    0.5
    """
    return sum(good) / len(good) if good else 1.0


if __name__ == "__main__":
    raise SystemExit(main())
