"""What PyTorch runs and we refuse: a closed list of rules, each with its reason.

A family of operations says in `fitting` of which of its refusals a rule is the reason. A rule that
never is one fails the test.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple


class Rule(Enum):
    """Why we refuse what PyTorch runs."""

    BATCH = "a tensor that flows always has a batch; PyTorch also takes one sample without it"
    EMPTY = "every size is at least 1; PyTorch makes and takes tensors that hold nothing"
    SCALAR = "a tensor without dimensions has none to name; PyTorch takes 0 and -1 for it"
    CHANCE = "an output of exactly 0 is accepted or refused by chance"
    UNSEEN = "an argument must make sense though nothing looks at it in this case"
    FINITE = "numbers are finite, and what is divided by is above 0"
    TRAINING = "it would fail, or be without sense, in training only"
    ROUNDED = "the average of integers would be cut to an integer"
    WRAPPED = "a number that the dtype cannot hold would become another one, without a word"
    BEYOND = "what reaches beyond a dimension, or names what is not there, is a mistake"
    WRITTEN = "torchvision's own kernels refuse what the text that stands for them would compute"
    FORM = "an argument has the one form that the reference names: a list is a list"


class Stricter(NamedTuple):
    """A rule that is the reason of a refusal, and for which cases it is."""

    rule: Rule
    applies: Callable[[Any], bool] = lambda case: True


Known = Mapping[tuple[str, str], Stricter]
"""By the name of an operation and the reason for which we refuse."""
