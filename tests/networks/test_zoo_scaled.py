"""At values that no table has, a shipped family is what its authors' code makes of them.

`make test-zoo` compares all values of torchvision's families; here are some of each.
"""

import csv
from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest
from support.paths import DATA
from support.state_keys import keys
from support.zoo.keys import digest
from support.zoo.published import ours
from support.zoo.scaled import FAMILIES, Scaled

EACH = 5
"""How many values of a family are compared here."""

YOLO = DATA / "ultralytics" / "scaled.csv"
"""Figures of ultralytics 8.0.230, its detector built by its own `parse_model`.

A row has what it was built with, its parameters, how many of them are frozen, and the digest of
the keys and shapes of its `state_dict`, without the `model.` that they begin with.
"""


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.spec)
def test_widths_and_depths_are_torchvisions_at_other_values(family: Scaled) -> None:
    for values in islice(family.values(), EACH):
        assert family.ours(values) == family.theirs(values), values


def rows() -> list[Mapping[str, str]]:
    with YOLO.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['width_multiple']}")
def test_yolo_rounds_as_its_authors_do(row: Mapping[str, str]) -> None:
    given: dict[str, Any] = {
        "width_multiple": float(row["width_multiple"]),
        "depth_multiple": float(row["depth_multiple"]),
        "max_channels": int(row["max_channels"]),
        "num_classes": int(row["num_classes"]),
    }
    totals = ours("yolov8", **given).count().totals
    assert totals.parameters == int(row["parameters"])
    assert totals.frozen == int(row["frozen"])
    assert digest(keys(ours("yolov8", **given).network)) == row["digest"]


def test_yolo_takes_the_next_multiple_of_8_and_at_least_one_repetition() -> None:
    """The values by which it was found that the rounding was another one."""
    wide = dict(keys(ours("yolov8", width_multiple=0.9, depth_multiple=0.1).network))
    assert wide["0.conv.weight"][0] == 64
    assert "2.m.0.cv1.conv.weight" in wide
    assert not any(key.startswith("2.m.1.") for key in wide)
