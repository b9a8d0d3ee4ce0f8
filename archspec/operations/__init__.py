"""The vocabulary: one class an operation, loaded when a spec names it."""

from archspec.operations.fields import Window
from archspec.operations.lookup import (
    ADDING,
    BrokenFile,
    BrokenOperation,
    builtin,
    check_result,
    from_files,
    having,
    is_operation,
    load,
    names,
    using,
)
from archspec.operations.operation import (
    BufferOperation,
    ElementwiseOperation,
    FunctionOperation,
    ModuleOperation,
    Operation,
    ValueOperation,
    state_of,
)

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
