"""From a network back to source: one class a block, arguments as expressions, repeats as loops."""

from archspec.emit.torch import CannotEmit, to_torch_source
from archspec.emit.trial import CannotTry, random_inputs, trial_sizes
from archspec.emit.verify import Verification, VerificationError, to_module, verify

__all__ = [
    "CannotEmit",
    "CannotTry",
    "Verification",
    "VerificationError",
    "random_inputs",
    "to_module",
    "to_torch_source",
    "trial_sizes",
    "verify",
]
