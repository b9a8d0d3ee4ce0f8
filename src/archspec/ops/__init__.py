"""The vocabulary: one class an operation, loaded when a spec names it."""

from archspec.ops.lookup import BrokenOperation, builtin, having, is_operation, load, names
from archspec.ops.operation import (
    BufferOperation,
    ElementwiseOperation,
    FunctionOperation,
    ModuleOperation,
    Operation,
    ValueOperation,
    state_of,
)
from archspec.ops.windows import Window

__all__ = [
    "BrokenOperation",
    "BufferOperation",
    "ElementwiseOperation",
    "FunctionOperation",
    "ModuleOperation",
    "Operation",
    "ValueOperation",
    "Window",
    "builtin",
    "having",
    "is_operation",
    "load",
    "names",
    "state_of",
]
