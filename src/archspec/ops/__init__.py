"""The vocabulary: one class an operation, loaded when a spec names it."""

from archspec.ops.lookup import load, names
from archspec.ops.operation import FunctionOperation, ModuleOperation, Operation

__all__ = ["FunctionOperation", "ModuleOperation", "Operation", "load", "names"]
