"""The verdict on a mutant: reported, another network, or one of the listed equivalences."""

import traceback
from dataclasses import dataclass

from archspec.diagnostics import Problem, SpecError
from archspec.pipeline import Outcome, Settings, check, compile
from archspec.source import Source
from support.mutants.equivalences import equivalence
from support.mutants.fingerprint import fingerprint
from support.mutants.mutations import Mutant
from support.mutants.nearness import stands_there
from support.mutants.originals import opened, original, variants_of
from support.mutants.probing import difference


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a mutant: `reported`, `changed`, `equivalent`, `silent` or `traceback`.

    A mutant is `silent` where the compiler finds nothing wrong, no network differs, and none of
    the equivalences says why. `reason` tells what differs, or which equivalence it is.
    """

    kind: str
    reason: str = ""
    diagnostics: tuple[Problem, ...] = ()


def judge(mutant: Mutant) -> Verdict:
    """Compile a mutant, and its variants as far as that is needed to tell it from the original."""
    try:
        return _judged(mutant)
    except SpecError as error:
        return Verdict("reported", diagnostics=error.diagnostics)
    except Exception:  # whatever it raises is what is looked for
        return Verdict("traceback", traceback.format_exc())


def messages(mutant: Mutant) -> tuple[Problem, ...]:
    """List all that `validate` tells of a mutant."""
    try:
        return check(opened(mutant.spec, mutant.text)).diagnostics
    except SpecError as error:
        return error.diagnostics


def _judged(mutant: Mutant) -> Verdict:
    source = opened(mutant.spec, mutant.text)
    before = original(mutant.spec)
    for variant in _to_try(mutant, source):
        outcome = _compiled(source, variant)
        if outcome.diagnostics:
            return _told(mutant, outcome)
        assert outcome.network is not None
        if fingerprint(outcome.network) != before.get(variant):
            return Verdict("changed", variant or "the network")
    if variants_of(source) != tuple(before)[1:]:
        return Verdict("changed", "the names of the variants")
    return _of_equal_networks(mutant, source)


def _told(mutant: Mutant, outcome: Outcome) -> Verdict:
    """Tell a mistake from another network that is legal, and of which only claims fail."""
    found = outcome.diagnostics
    claims = all(item.slug == "claim-fails" for item in found)
    if claims and not any(stands_there(item, mutant) for item in found):
        return Verdict("changed", "claims fail", found)
    return Verdict("reported", diagnostics=found)


def _of_equal_networks(mutant: Mutant, source: Source) -> Verdict:
    rule = equivalence(mutant, source)
    if rule is not None:
        return Verdict("equivalent", rule)
    other = difference(mutant.spec, source)
    return Verdict("changed", other) if other else Verdict("silent")


def _compiled(source: Source, variant: str | None) -> Outcome:
    """Compile a variant; one that is no longer read as one is told of where it stands."""
    outcome = compile(source, Settings(variant=variant))
    gone = variant is not None and (outcome.spec is None or variant not in outcome.spec.variants)
    return compile(source) if gone else outcome


def _to_try(mutant: Mutant, source: Source) -> tuple[str | None, ...]:
    """Name what the mutation may have touched: claims touch one network, a variant's keys one."""
    path, names = mutant.token.path, variants_of(source)
    alone = mutant.mutation != "swapped with the next"
    if alone and path[0] == "variants" and len(path) > 2 and path[1] in names:
        return (str(path[1]),)
    if alone and path[0] == "expect" and len(path) > 1:
        return (None,)
    return (None, *names)
