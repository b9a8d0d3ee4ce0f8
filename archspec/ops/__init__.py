"""The vocabulary: one class an operation, loaded when a spec names it."""

from archspec.ops.lookup import ADDING, builtin, from_files, having, is_operation, load, names
from archspec.ops.operation import (
    BufferOperation,
    ElementwiseOperation,
    FunctionOperation,
    ModuleOperation,
    Operation,
    ValueOperation,
    state_of,
)
from archspec.ops.own import BrokenFile, BrokenOperation, check_result, using
from archspec.ops.windows import Window

__all__ = [
    "ADDING",
    "BrokenFile",
    "BrokenOperation",
    "BufferOperation",
    "ElementwiseOperation",
    "FunctionOperation",
    "ModuleOperation",
    "Operation",
    "ValueOperation",
    "Window",
    "builtin",
    "check_result",
    "from_files",
    "having",
    "is_operation",
    "load",
    "names",
    "state_of",
    "using",
]
