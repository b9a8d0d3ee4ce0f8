"""Ask PyTorch what is frozen: random cases of every operation, and its answers."""

from contract import NAMES, cases
from frozen import FILE, Answer, write
from in_torch import applied, module, runs
from operation_cases import Accepted, Case, judge

from archspec.ops import ModuleOperation


def freeze(number: int) -> str:
    """Write so many cases, the same number for each operation; say what was written."""
    each = -(-number // len(NAMES))
    answers = {
        name: [(case, answer(case)) for case in cases(name, each, "frozen")] for name in NAMES
    }
    write(answers)
    return f"{each * len(NAMES):,} cases of {len(NAMES)} operations, {FILE.stat().st_size:,} bytes"


def answer(case: Case) -> Answer:
    """Give what PyTorch says of a case; where we refuse it, only whether it runs."""
    said = judge(case)
    if not isinstance(said, Accepted):
        return Answer(() if runs(case) else None, {})
    operation = said.operation
    built = module(operation, said.inferred) if isinstance(operation, ModuleOperation) else None
    try:
        outputs = applied(said, built, case.inputs)
    except Exception:  # whatever it raises is a refusal
        return Answer(None, {})
    state = built.state_dict() if built is not None else {}
    return Answer(outputs, {key: tuple(value.shape) for key, value in state.items()})
