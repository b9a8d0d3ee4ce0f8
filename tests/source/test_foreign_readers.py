"""What other readers make of a text that is a string here: PyYAML is asked."""

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archspec.source import foreign_reading


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("0o17", "the number 15"),
        ("019", "the number 19"),
        (".nan", "`nan`, which is no number,"),
        ("2024-13-45", "a date"),
        ("2024-10-11", "a date"),
        ("True", "the truth value `true`"),
        ("NULL", "null"),
        ("+1.5", "the number 1.5"),
    ],
)
def test_foreign_readings(text: str, reading: str) -> None:
    assert foreign_reading(text) == f"other YAML readers make {reading} of it"


@pytest.mark.parametrize(
    "text", ["017", "0x1F", "0b11", "3:30", "-3:30:15", "-.inf", "+5", "1_0:30"]
)
def test_foreign_numbers_are_those_of_pyyaml(text: str) -> None:
    value = yaml.safe_load(text)
    named = "infinity" if math.isinf(value) else f"the number {value}"
    assert foreign_reading(text) == f"other YAML readers make {named} of it"


@pytest.mark.parametrize("text", ["no", "on", "Yes", "OFF", "False"])
def test_foreign_truth_values_are_those_of_pyyaml(text: str) -> None:
    value = str(yaml.safe_load(text)).lower()
    assert foreign_reading(text) == f"other YAML readers make the truth value `{value}` of it"


@pytest.mark.parametrize(
    "text", ["", "conv2d", "64px", "N", "nO", "1.2.3", "12", "a:b", "true", "0x"]
)
def test_ordinary_text_reads_alike_everywhere(text: str) -> None:
    assert foreign_reading(text) is None


@given(st.text(st.sampled_from("0123456789xobeE+-_.:~nNulTtrueys "), max_size=50))
def test_any_text_has_a_reading_or_none(text: str) -> None:
    reading = foreign_reading(text)
    assert reading is None or reading.startswith("other YAML readers make ")
