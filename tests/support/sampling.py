"""A sample of many cases for every run of the tests; the others run in the long suite."""

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(values: Iterable[Any], sample: Iterable[Any]) -> list[Any]:
    """Mark all values as long that are not in the sample, each of which must be one of them."""
    every, kept = list(values), list(sample)
    assert kept and all(value in every for value in kept)
    return [
        value if value in kept else pytest.param(value, marks=pytest.mark.long) for value in every
    ]
