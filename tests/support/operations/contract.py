"""What is held of every operation: one case at a time, our rules against PyTorch on the CPU.

`examined` tells all in which the two differ; the tests, the proof at large and the frozen file
begin here.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from torch import nn

from archspec.operations import ValueOperation, load, names, state_of
from archspec.operations.operation import ModuleOperation
from archspec.sizes import Size, Tensor, symbol
from support.operations.as_spec import Unsaid, run_as_spec
from support.operations.in_torch import applied, flops, module, runs, state_of_value
from support.operations.operation_cases import (
    Accepted,
    Case,
    Conditions,
    Refused,
    draw,
    judge,
    stricter,
)
from support.operations.stricter import Rule
from support.sizes import numbers

NAMES = sorted(names())
SAMPLE = 20_000
"""How many cases a run of the tests draws, the same number for each operation."""


class Examined(NamedTuple):
    """What became of a case.

    `runs` says whether PyTorch accepts it, `rule` why we knowingly refuse it. `emitted` tells
    whether it was run as the text of a spec, and `symbolic` whether it was judged with symbols.
    """

    case: Case
    said: Accepted | Refused
    runs: bool
    wrong: tuple[str, ...] = ()
    rule: Rule | None = None
    emitted: bool = False
    symbolic: bool = False


def cases(name: str, number: int = SAMPLE // len(NAMES) + 1, seed: object = "") -> Iterator[Case]:
    """Draw the cases of an operation, the same ones for a seed."""
    random = Random(f"{name}{seed}")
    return (draw(load(name), random) for _ in range(number))


def examined(case: Case) -> Examined:
    """Judge a case, and hold what we say against PyTorch."""
    said = judge(case)
    if isinstance(said, Refused):
        return _refused(case, said)
    try:
        outputs, emitted = as_built(case, said), _as_emitted(case, said)
    except Exception as error:  # whatever PyTorch raises is a disagreement
        return Examined(case, said, False, (f"it does not run: {type(error).__name__}: {error}",))
    symbolic = _as_symbols(case, said)
    wrong = (*outputs, *(emitted or ()), *(symbolic or ()))
    return Examined(case, said, True, wrong, None, emitted is not None, symbolic is not None)


def disagreements(name: str) -> list[Examined]:
    """Examine the sample of an operation, and give what we and PyTorch disagree about."""
    return [found for found in map(examined, cases(name)) if found.wrong]


# --- what we refuse ---------------------------------------------------------------------------


def _refused(case: Case, said: Refused) -> Examined:
    """Hold that PyTorch refuses it too, or that a rule says why we are stricter."""
    symbolic = _as_symbols(case, said)
    wrong = symbolic or ()
    found = Examined(case, said, runs(case), wrong, None, symbolic=symbolic is not None)
    if not found.runs:
        return found
    rule = stricter(case, said)
    if rule is not None:
        return found._replace(rule=rule)
    return found._replace(wrong=(*wrong, f"PyTorch runs what we refuse: {said}"))


# --- what we accept ---------------------------------------------------------------------------


def as_built(case: Case, said: Accepted) -> tuple[str, ...]:
    """Build it by keyword: outputs, state and cost."""
    operation = said.operation
    built = module(operation, said.inferred) if isinstance(operation, ModuleOperation) else None
    given = applied(said, built, case.inputs)
    wrong = _differ("gives", said.outputs, given)
    return (*wrong, *_state(said, built), *_macs(case, said))


def _differ(what: str, ours: object, theirs: object) -> tuple[str, ...]:
    return () if ours == theirs else (f"{what} {theirs}, and we say {ours}",)


def _state(said: Accepted, built: nn.Module | None) -> tuple[str, ...]:
    """Hold the names, shapes and order of parameters and buffers."""
    weights = said.operation.weights(said.numbers)
    buffers = said.operation.buffers(said.numbers)
    if isinstance(said.operation, ValueOperation):
        return _differ("keeps", {**weights, **buffers}, state_of_value(said.operation))
    if built is None:
        return _differ("keeps", [*weights, *buffers], [])
    shapes = {key: tuple(value.shape) for key, value in built.state_dict().items()}
    return (
        *_differ("keeps", list(state_of(weights, buffers).items()), list(shapes.items())),
        *_differ("trains", list(weights), [key for key, _ in built.named_parameters()]),
        *_differ("carries", list(buffers), _kept(built)),
    )


def _kept(built: nn.Module) -> list[str]:
    """Name the buffers that the `state_dict` holds."""
    state = built.state_dict()
    return [key for key, _ in built.named_buffers() if key in state]


def _macs(case: Case, said: Accepted) -> tuple[str, ...]:
    macs = said.operation.macs(case.inputs, said.outputs)
    if macs is None:
        return ()
    return _differ("multiplies", 2 * macs, flops(said, case.inputs))


def _as_emitted(case: Case, said: Accepted) -> tuple[str, ...] | None:
    """Run it as a spec of one layer, compiled and emitted; `None` where no spec can say it."""
    try:
        given = run_as_spec(case, said)
    except Unsaid:
        return None
    return _differ("emitted, gives", said.outputs, given)


# --- sizes that are symbols -------------------------------------------------------------------


def _as_symbols(case: Case, said: Accepted | Refused) -> tuple[str, ...] | None:
    """Judge it with symbols in the place of sizes; `None` where that cannot be said of all."""
    symbolic, values = _with_symbols(case, Random(repr(case)))
    conditions = Conditions()
    verdict = judge(symbolic, conditions)
    if not values or (isinstance(verdict, Refused) and verdict.reason == "symbolic-value"):
        return None
    holds = isinstance(verdict, Accepted) and conditions.hold(values)
    if _differ_in_number(verdict, said):
        # How many values come out is the same for every size, or a condition fails.
        return _differ("by symbols, of the wrong number, and", False, holds)
    wrong = _differ(f"by symbols {symbolic.inputs}, is fine:", isinstance(said, Accepted), holds)
    if wrong or isinstance(verdict, Refused) or isinstance(said, Refused):
        return wrong
    return _differ("by symbols, gives", said.outputs, _put(verdict.outputs, values))


def _put(outputs: tuple[Tensor, ...], values: dict[str, int]) -> tuple[Tensor, ...]:
    return tuple(tensor.substitute(dict(values)) for tensor in outputs)


def _differ_in_number(a: Accepted | Refused, b: Accepted | Refused) -> bool:
    return isinstance(a, Accepted) and isinstance(b, Accepted) and len(a.outputs) != len(b.outputs)


def _with_symbols(case: Case, random: Random) -> tuple[Case, dict[str, int]]:
    """Put symbols in the place of some sizes above 1, the same one for the same size.

    A symbol is not taken for a size of 1 that expands.
    """
    sizes = [size for tensor in case.inputs for size in numbers(tensor.shape) if size > 1]
    values = {f"S{size}": size for size in dict.fromkeys(sizes) if random.random() < 0.6}
    known: dict[Size, Size] = {size: symbol(name) for name, size in values.items()}
    inputs = tuple(
        tensor.reshaped(*(known.get(size, size) for size in tensor.shape)) for tensor in case.inputs
    )
    return Case(case.cls, case.given, inputs), values
