"""The vocabulary: one class an operation, loaded when a spec names it."""

from archspec.operations.lookup import (
    ADDING,
    builtin,
    from_files,
    having,
    is_operation,
    load,
    names,
)
from archspec.operations.operation import (
    BufferOperation,
    ElementwiseOperation,
    FunctionOperation,
    ModuleOperation,
    Operation,
    ValueOperation,
    Window,
    state_of,
)
from archspec.operations.own import BrokenFile, BrokenOperation, check_result, using

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
