"""From a network back to source: one class a block, arguments as expressions, repeats as loops."""

from archspec.emit.interpret import interpret
from archspec.emit.torch import CannotEmit, to_torch_source
from archspec.emit.trial import CannotTry, random_inputs, trial_sizes
from archspec.emit.values import VerificationError
from archspec.emit.verify import Verification, to_module, verify, verify_module

__all__ = [
    "CannotEmit",
    "CannotTry",
    "Verification",
    "VerificationError",
    "interpret",
    "random_inputs",
    "to_module",
    "to_torch_source",
    "trial_sizes",
    "verify",
    "verify_module",
]
