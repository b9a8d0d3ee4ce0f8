"""Random specs over the whole language, from a seed: what is drawn is valid but for rare slips."""

from support.random_specs.chance import CONSTRUCTS, Chance
from support.random_specs.drawn import RandomSpec
from support.random_specs.model import random_spec

__all__ = ["CONSTRUCTS", "Chance", "RandomSpec", "random_spec"]
