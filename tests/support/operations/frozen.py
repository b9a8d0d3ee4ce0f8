"""Configurations with PyTorch's answers, written once and read without PyTorch."""

import json
import lzma
from collections.abc import Iterator
from typing import Any, NamedTuple

from archspec.operations import ValueOperation, load, state_of
from archspec.sizes import Tensor
from support.operations.operation_cases import Accepted, Case, Refused, judge, stricter
from support.paths import DATA

FILE = DATA / "operations" / "frozen.json.xz"


class Answer(NamedTuple):
    """What PyTorch gives for a case, and what its module keeps; `None` where it refuses."""

    outputs: tuple[Tensor, ...] | None
    state: dict[str, tuple[int, ...]]


def differing() -> Iterator[str]:
    """Judge what is frozen, and tell where PyTorch gave another answer."""
    for case, answer in read():
        text = differs(judge(case), case, answer)
        if text is not None:
            yield f"{case.cls.op()} {case.given} {case.inputs}: {text}"


def differs(said: Accepted | Refused, case: Case, answer: Answer) -> str | None:
    """Tell in what we differ from an answer."""
    if isinstance(said, Refused):
        fine = answer.outputs is None or stricter(case, said) is not None
        return None if fine else f"PyTorch runs it: {said}"
    if said.outputs != answer.outputs:
        return f"PyTorch gives {answer.outputs}, not {said.outputs}"
    state = state_of(said.operation.weights(said.numbers), said.operation.buffers(said.numbers))
    own = {} if isinstance(said.operation, ValueOperation) else dict(state)
    return None if list(own.items()) == list(answer.state.items()) else f"keeps {answer.state}"


def read() -> Iterator[tuple[Case, Answer]]:
    """Read the cases and answers, operation by operation."""
    data = json.loads(lzma.decompress(FILE.read_bytes()))
    for name, rows in data.items():
        for given, inputs, outputs, state in rows:
            case = Case(load(name), given, tuple(map(_tensor, inputs)))
            shapes = {key: tuple(shape) for key, shape in state}
            found = None if outputs is None else tuple(map(_tensor, outputs))
            yield case, Answer(found, shapes)


def write(answers: dict[str, list[tuple[Case, Answer]]]) -> None:
    """Write cases with PyTorch's answers."""
    data = {name: [_row(*pair) for pair in pairs] for name, pairs in answers.items()}
    text = json.dumps(data, separators=(",", ":"))
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def _row(case: Case, answer: Answer) -> list[Any]:
    outputs = None if answer.outputs is None else list(map(_pair, answer.outputs))
    return [dict(case.given), list(map(_pair, case.inputs)), outputs, list(answer.state.items())]


def _pair(tensor: Tensor) -> list[Any]:
    return [list(tensor.shape), tensor.dtype]


def _tensor(pair: list[Any]) -> Tensor:
    return Tensor(tuple(pair[0]), pair[1])
