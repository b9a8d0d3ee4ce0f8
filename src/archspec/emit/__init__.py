"""From a network back to source: one class a block, arguments as expressions, repeats as loops."""

from archspec.emit.torch import CannotEmit, to_torch_source
from archspec.emit.verify import Verification, VerificationError, to_module, verify

__all__ = [
    "CannotEmit",
    "Verification",
    "VerificationError",
    "to_module",
    "to_torch_source",
    "verify",
]
