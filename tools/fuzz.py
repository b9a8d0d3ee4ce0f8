"""Draw many random specs, and hold each against PyTorch; `make fuzz` runs it.

It says how far it is, and writes each failure, made smaller, as a spec with a comment. With
`--in-place` only specs are taken in which some layer says `inplace`, and only what they compute is
compared, and that in training the gradients are those of the same layers that are not in place.
"""

import argparse
import random
import time
import warnings
from collections import Counter
from pathlib import Path

import torch
from support.random_specs import RandomSpec, random_spec
from support.random_specs.check import Check, check, check_values, failure
from support.random_specs.shrink import shrunk
from support.random_specs.tally import Tally
from support.random_specs.uses import used

EVERY = 200
SMALLER = 5


def main() -> int:
    """Check as many specs as asked for; the status is 1 if one of them failed."""
    options = arguments()
    torch.set_num_threads(1)
    warnings.simplefilter("error")
    first = random.randrange(10**9) if options.seed is None else options.seed
    print(f"{options.specs} specs from seed {first}", flush=True)
    tally, kinds, begun = Tally(), Counter[str](), time.monotonic()
    checked = check_values if options.in_place else check
    for number in range(options.specs):
        spec = random_spec(first + number, options.size)
        taken = not options.in_place or "inplace" in used(spec)
        wrong = failure(spec, tally, checked) if taken else None
        if wrong is not None:
            write(options.out, spec, wrong, checked, smaller=kinds[wrong] < SMALLER)
            kinds[wrong] += 1
        if (number + 1) % EVERY == 0:
            took = time.monotonic() - begun
            print(f"{number + 1} in {took:.0f} s: {tally.report()}, {len(kinds)} kinds of failure")
    print(f"{tally.report()}; {len(kinds)} kinds of failure, in {options.out}")
    return 1 if kinds else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--specs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, help="the seed of the first; the next follow it")
    parser.add_argument("--size", type=int, default=6, help="steps in each body")
    parser.add_argument("--in-place", action="store_true", help="specs that say `inplace` only")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    return parser.parse_args()


def write(folder: Path, spec: RandomSpec, wrong: str, checked: Check, *, smaller: bool) -> None:
    """Write a spec that failed: the first of its kind are made smaller."""
    folder.mkdir(parents=True, exist_ok=True)
    if smaller:
        spec = shrunk(spec, lambda other: failure(other, Tally(), checked) == wrong)
    said = f"# seed {spec.seed}: {wrong}\n# overrides: {list(spec.overrides)}\n"
    if spec.files:
        folder /= str(spec.seed)
        folder.mkdir(exist_ok=True)
        spec.write(folder)
    path = folder / f"{spec.seed}.yaml"
    path.write_text(said + spec.text)
    print(f"seed {spec.seed}: {wrong}: {path}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
