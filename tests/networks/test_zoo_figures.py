"""The zoo without PyTorch: torchvision's eighty classifiers by their figures and their keys.

At values that no table has, a shipped family is what its authors' code makes of them. `make
test-zoo` compares all values of torchvision's families; here are some of each.
"""

import csv
from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest
from support.paths import DATA
from support.state_keys import keys
from support.zoo.keys import digest, frozen, promised
from support.zoo.published import COUNTED, NAMES, ROWS, Published, ours
from support.zoo.scaled import FAMILIES, Scaled

from archspec.document import Spec
from archspec.pipeline import compile
from archspec.source import read
from archspec.source.library import Found, find, shipped


def spec_of(name: str) -> tuple[Found, Spec]:
    found = find(name)
    spec = compile(read(found.path.read_bytes(), found.name, folder=found.path.parent)).spec
    assert spec is not None
    return found, spec


def test_every_builder_of_torchvision_has_a_spec() -> None:
    assert (len(NAMES), len(ROWS)) == (80, 115)
    assert {find(name).path.parent.name for name in NAMES} == {"specs"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.model}-{row.weights}")
def test_parameters_and_macs_are_the_published_ones(row: Published) -> None:
    totals = ours(COUNTED.get(row.model, row.model), row.side).count().totals
    assert totals.parameters == row.parameters
    assert isinstance(totals.macs.value, int)
    assert round(totals.macs.value / 1e9, 3) == row.gmacs


@pytest.mark.parametrize("name", NAMES)
def test_keys_shapes_and_order_are_torchvisions(name: str) -> None:
    assert digest(promised(name)) == frozen()[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_network_claims_what_is_published_and_says_where(name: str) -> None:
    found, spec = spec_of(COUNTED.get(name, name))
    claims = spec.variants[found.variant].expect if found.variant else spec.expect
    assert claims is not None
    assert claims.params is not None
    assert claims.macs is not None
    assert spec.expect is not None
    assert "torchvision 0.28.0" in str(spec.expect.source)


@pytest.mark.parametrize("name", [spec.name for spec in shipped()])
def test_every_shipped_spec_says_where_its_figures_are_from(name: str) -> None:
    _, spec = spec_of(name)
    assert spec.expect is not None
    assert spec.expect.source


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
