"""Ask PyTorch what is frozen: random cases of every operation, and its answers."""

from archspec.operations import ModuleOperation
from support.operations.contract import NAMES, cases, examined
from support.operations.frozen import FILE, Answer, differing, write
from support.operations.in_torch import applied, module
from support.operations.operation_cases import Accepted, Case


def freeze(number: int) -> str:
    """Write so many cases, the same number for each operation; say what was written."""
    each = -(-number // len(NAMES))
    answers = {
        name: [(case, answer(case)) for case in cases(name, each, "frozen")] for name in NAMES
    }
    write(answers)
    size = f"{FILE.stat().st_size:,} bytes"
    differ = len(list(differing()))
    return f"{each * len(NAMES):,} cases of {len(NAMES)} operations, {size}; we differ in {differ}"


def answer(case: Case) -> Answer:
    """Give what PyTorch says of a case; where we refuse it, only whether it runs."""
    found = examined(case)
    if not found.runs:
        return Answer(None, {})
    if not isinstance(found.said, Accepted):
        return Answer((), {})
    operation, inferred = found.said.operation, found.said.inferred
    built = module(operation, inferred) if isinstance(operation, ModuleOperation) else None
    state = built.state_dict() if built is not None else {}
    shapes = {key: tuple(value.shape) for key, value in state.items()}
    return Answer(applied(found.said, built, case.inputs), shapes)
