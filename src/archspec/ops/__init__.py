"""The vocabulary: one class an operation, loaded when a spec names it."""

from archspec.ops.lookup import load, names
from archspec.ops.operation import (
    FunctionOperation,
    ModuleOperation,
    Operation,
    ValueOperation,
)

__all__ = ["FunctionOperation", "ModuleOperation", "Operation", "ValueOperation", "load", "names"]
