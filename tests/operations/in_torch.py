"""The same configurations in PyTorch, on the CPU in eager mode."""

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from operation_cases import Accepted, Case
from torch import nn

from archspec.ops import FunctionOperation, Operation
from archspec.tensors import Tensor

NAMESPACE = {"torch": torch, "nn": nn}


def zeros(tensor: Tensor) -> torch.Tensor:
    """Make a tensor of that shape and dtype."""
    return torch.zeros(tensor.shape, dtype=getattr(torch, tensor.dtype))


def described(value: Any) -> tuple[Tensor, ...]:
    """Give the types of what a module or function returned."""
    values = (value,) if isinstance(value, torch.Tensor) else value
    return tuple(Tensor(tuple(v.shape), str(v.dtype).removeprefix("torch.")) for v in values)


def module(operation: Operation, inferred: Mapping[str, Any]) -> nn.Module:
    """Construct the counterpart by keyword from the validated fields."""
    fields = {name: getattr(operation, name) for name in type(operation).model_fields}
    return _constructed(type(operation), {**inferred, **fields})


def run(accepted: Accepted, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Run what we accepted, constructed by keyword; raise what PyTorch raises."""
    operation = accepted.operation
    tensors = [zeros(tensor) for tensor in inputs]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # PyTorch's advice on speed
        if isinstance(operation, FunctionOperation):
            fields = {name: getattr(operation, name) for name in type(operation).model_fields}
            return described(_called(operation, fields, tensors))
        return described(module(operation, accepted.inferred).eval()(*tensors))


def runs(case: Case) -> bool:
    """Say whether PyTorch runs a case whose arguments may be senseless."""
    return any(_runs(case, inferred) for inferred in _guesses(case))


def _runs(case: Case, inferred: Mapping[str, Any]) -> bool:
    tensors = [zeros(tensor) for tensor in case.inputs]
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in case.given.items()}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            if issubclass(case.cls, FunctionOperation):
                _called(case.cls.model_construct(**given), given, tensors)
            else:
                _constructed(case.cls, {**inferred, **given}).eval()(*tensors)
        except Exception:  # whatever it raises is a refusal
            return False
    return True


def _guesses(case: Case) -> list[dict[str, Any]]:
    """Guess the inferred arguments: what we infer, else each size of the input for all."""
    names = inferred_names(case.cls)
    sizes = dict.fromkeys(case.inputs[0].shape)
    return [dict.fromkeys(names, size) for size in sizes] if names else [{}]


def inferred_names(cls: type[Operation]) -> tuple[str, ...]:
    """Name what an operation infers, from an input that it takes."""
    shape = (2, 4, 6, 8, 10)
    for rank in (4, 3, 2, 5):
        try:
            return tuple(cls.infer(*(Tensor(shape[:rank]),) * cls.arity[0]))
        except Exception:  # another rank may do
            continue
    raise AssertionError(f"no rank suits `{cls.op()}`")


def _constructed(cls: type[Operation], arguments: Mapping[str, Any]) -> nn.Module:
    made = eval(cls.torch, NAMESPACE)(**arguments)
    assert isinstance(made, nn.Module)
    return made


def _called(operation: FunctionOperation, arguments: Mapping[str, Any], tensors: list[Any]) -> Any:
    names = tuple(f"input{index}" for index in range(len(tensors)))
    keywords = {name: repr(value) for name, value in arguments.items()}
    scope = NAMESPACE | dict(zip(names, tensors, strict=True))
    return eval(operation.call(names, keywords), scope)
