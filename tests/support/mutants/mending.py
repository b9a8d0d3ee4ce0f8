"""Whether `archspec fix` gives a shipped spec back of which one name was misspelt."""

from archspec.diagnostics import SpecError
from archspec.fix.mend import mend
from support.mutants.mutations import Mutant
from support.mutants.originals import folder, texts
from support.mutants.verdicts import Verdict


def is_misspelt_name(mutant: Mutant, verdict: Verdict) -> bool:
    """Say whether a mutant is a misspelt name of which something is told.

    Names are all words in keys and values: of operations, arguments, layers, parameters, blocks,
    variants, `let` names and symbols, the keys of the language, the words of a choice, `true` and
    `false`, and what an expression is written with. Free text (the spec's `name`, descriptions,
    sources) has none. A misspelt name that makes another legal network, or one of which only
    claims fail elsewhere, is no mistake that anybody can see.
    """
    is_name = mutant.mutation == "misspelt" and mutant.token.kind == "name"
    return is_name and verdict.kind == "reported"


def is_given_back(mutant: Mutant) -> bool:
    """Say whether the certain changes give the original, byte for byte."""
    return fixed(mutant) == texts()[mutant.spec]


def fixed(mutant: Mutant) -> str:
    """Make all certain changes, as `archspec fix --yes` does; what is no YAML stays as it is."""
    try:
        return mend(mutant.text, mutant.spec, folder()).text
    except SpecError:
        return mutant.text
