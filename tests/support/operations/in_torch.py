"""The same configurations in PyTorch, on the CPU in eager mode."""

import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import product
from typing import Any, get_args

import torch
from pydantic import BaseModel
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archspec.operations import (
    BufferOperation,
    FunctionOperation,
    ModuleOperation,
    Operation,
    ValueOperation,
)
from archspec.sizes import Tensor
from support.operations.fitting import CRASHING
from support.operations.operation_cases import Accepted, Case
from support.operations.written_out import WRITTEN
from support.sizes import numbers

torch.set_num_threads(1)  # the tensors are small, and several processes run

NAMESPACE = {"torch": torch, "nn": nn, "math": math, "nan": float("nan"), "inf": float("inf")}


def zeros(tensor: Tensor) -> torch.Tensor:
    """Make a tensor of that shape and dtype."""
    return torch.zeros(numbers(tensor.shape), dtype=getattr(torch, tensor.dtype))


def filled(cls: type[Operation], inputs: tuple[Tensor, ...]) -> list[torch.Tensor]:
    """Make tensors for an operation: of zeros, or of ones where it divides by integers."""
    made = [zeros(tensor) for tensor in inputs]
    return [torch.ones_like(tensor) for tensor in made] if cls.op() == "div" else made


def described(value: Any) -> tuple[Tensor, ...]:
    """Give the types of what a module or function returned."""
    if isinstance(value, torch.Tensor):
        return (Tensor(tuple(value.shape), str(value.dtype).removeprefix("torch.")),)
    return tuple(tensor for item in value for tensor in described(item))


def module(operation: Operation, inferred: Mapping[str, Any]) -> nn.Module:
    """Construct the counterpart by keyword from the validated fields."""
    fields = {name: getattr(operation, name) for name in type(operation).model_fields}
    assert isinstance(operation, ModuleOperation)
    return constructed(operation, {**inferred, **fields})


def value(operation: ValueOperation) -> torch.Tensor:
    """Make the weight of an operation that reads nothing."""
    if isinstance(operation, BufferOperation):
        given = {name: repr(getattr(operation, name)) for name in type(operation).model_fields}
        held = eval(f"nn.Buffer({', '.join(operation.held(given))})", NAMESPACE)
        assert isinstance(held, torch.Tensor)
        return held
    (shape,) = operation.weights({}).values()
    made = eval(operation.torch, NAMESPACE)(torch.zeros(shape))
    assert isinstance(made, torch.Tensor)
    return made


def state_of_value(operation: ValueOperation) -> dict[str, tuple[int, ...]]:
    """Give what a module keeps of the tensor in its `state_dict`, under no name of its own."""
    home = nn.Module()
    home.tensor = value(operation)
    found = [tuple(kept.shape) for kept in home.state_dict().values()]
    return {"": found[0]} if found else {}


def run(accepted: Accepted, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Run what we accepted, constructed by keyword; raise what PyTorch raises."""
    operation = accepted.operation
    made = isinstance(operation, ModuleOperation)
    return applied(accepted, module(operation, accepted.inferred) if made else None, inputs)


def applied(
    accepted: Accepted, built: nn.Module | None, inputs: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    """Run what we accepted; `built` is its module, if it is one."""
    operation = accepted.operation
    tensors = filled(type(operation), inputs)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # PyTorch's advice on speed
        if isinstance(operation, FunctionOperation):
            fields = {name: getattr(operation, name) for name in type(operation).model_fields}
            return described(called_on(operation, fields, tensors))
        if isinstance(operation, ValueOperation):
            return described(value(operation))
        assert isinstance(operation, ModuleOperation) and built is not None
        return described(_applied(operation, built, tensors))


def flops(accepted: Accepted, inputs: tuple[Tensor, ...]) -> int:
    """Count the floating-point operations of a run, with kernels that PyTorch can look into."""
    with FlopCounterMode(display=False) as counter, _checking():
        _counted(accepted, inputs)
    total: int = counter.get_total_flops()
    return total


def _counted(accepted: Accepted, inputs: tuple[Tensor, ...]) -> None:
    """Run it, or the same written with matrix products where kernels hide theirs."""
    written = WRITTEN.get(accepted.operation.op())
    if written is None:
        run(accepted, _with_columns(accepted.operation, inputs))
        return
    operation = accepted.operation
    made = isinstance(operation, ModuleOperation)
    built = module(operation, accepted.inferred) if made else operation
    written(built, [zeros(tensor) for tensor in inputs])


def _with_columns(operation: Operation, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Make matrices of vectors: PyTorch counts products of those only."""
    if operation.op() != "matmul":
        return inputs
    first, second = inputs
    row = first if first.rank > 1 else first.reshaped(1, *first.shape)
    return (row, second if second.rank > 1 else second.reshaped(*second.shape, 1))


def runs(case: Case) -> bool:
    """Say whether PyTorch runs a case whose arguments may be senseless."""
    return any(_runs(case, inferred) for inferred in _guesses(case))


def _runs(case: Case, inferred: Mapping[str, Any]) -> bool:
    if CRASHING.get(case.cls.op(), lambda _: False)(case):
        return False
    tensors = filled(case.cls, case.inputs)
    given = {name: _taken(case.cls, name, value) for name, value in case.given.items()}
    with warnings.catch_warnings(), torch.no_grad(), _checking():
        warnings.simplefilter("ignore")
        try:
            if issubclass(case.cls, ValueOperation):
                value(case.cls.model_construct(**given))
            elif issubclass(case.cls, FunctionOperation):
                called_on(case.cls.model_construct(**given), given, tensors)
            else:
                assert issubclass(case.cls, ModuleOperation)
                operation = case.cls.model_construct(**given)
                _applied(operation, constructed(operation, {**inferred, **given}), tensors)
        except Exception:  # whatever it raises is a refusal
            return False
    return True


def _taken(cls: type[Operation], name: str, value: Any) -> Any:
    """Take a list for a tuple, and a mapping or `true` for arguments, whatever they are."""
    if isinstance(value, list):
        return tuple(value)
    if name not in cls.model_fields:
        return value
    arguments = [part for part in get_args(cls.model_fields[name].annotation) if _is_model(part)]
    if not arguments or value is None:
        return value
    return arguments[0].model_construct(**({} if value is True else value))


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


@contextmanager
def _checking() -> Iterator[None]:
    """Choose the plain kernels of attention: faster ones do not check all that these refuse."""
    fastpath = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fastpath)


def _guesses(case: Case) -> list[dict[str, Any]]:
    """Guess the inferred arguments: what we infer, else each size of the input for all."""
    names = inferred_names(case.cls)
    sizes = dict.fromkeys(size for tensor in case.inputs[:1] for size in tensor.shape)
    return [dict.fromkeys(names, size) for size in sizes] if names else [{}]


@cache
def inferred_names(cls: type[Operation]) -> tuple[str, ...]:
    """Name what an operation infers, from an input that it takes."""
    if cls.example_inputs:
        return tuple(
            cls.infer(*(Tensor((2, *sizes), dtype) for sizes, dtype in cls.example_inputs))
        )
    shape = (2, 4, 6, 8, 10)
    for rank, dtype in product((4, 3, 2, 5), ("float32", "int64")):
        try:
            return tuple(cls.infer(*(Tensor(shape[:rank], dtype),) * cls.arity[0]))
        except Exception:  # another rank or dtype may do
            continue
    raise AssertionError(f"no input suits `{cls.op()}`")


def constructed(operation: ModuleOperation, arguments: Mapping[str, Any]) -> nn.Module:
    """Construct the counterpart, which its own text may define."""
    scope = dict(NAMESPACE)
    exec(operation.definition(), scope)
    always = {name: eval(text) for name, text in operation.always.items()}
    passed = {name: arguments[name] for name in arguments.keys() - operation.choosing}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it takes and would rather not
        made = eval(operation.constructor(), scope)(**passed, **always)
    if (around := operation.around()) is not None:
        made = eval(around[0], scope)(made, **around[1])
    assert isinstance(made, nn.Module)
    return made


def _applied(operation: ModuleOperation, built: nn.Module, tensors: list[Any]) -> Any:
    names = tuple(f"input{index}" for index in range(len(tensors)))
    scope = NAMESPACE | {"module": built.eval(), **dict(zip(names, tensors, strict=True))}
    return eval(operation.call("module", names), scope)


def called_on(
    operation: FunctionOperation, arguments: Mapping[str, Any], tensors: list[Any]
) -> Any:
    names = tuple(f"input{index}" for index in range(len(tensors)))
    keywords = {name: repr(value) for name, value in arguments.items()}
    scope = NAMESPACE | dict(zip(names, tensors, strict=True))
    return eval(operation.call(names, keywords), scope)
