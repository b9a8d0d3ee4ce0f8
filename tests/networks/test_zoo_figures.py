"""The zoo without PyTorch: torchvision's eighty classifiers by their figures and their keys."""

import pytest
from support.zoo.keys import digest, frozen, promised
from support.zoo.published import COUNTED, NAMES, ROWS, Published, ours

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
    assert totals.macs.value is not None
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
