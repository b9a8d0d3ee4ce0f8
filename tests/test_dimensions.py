"""Exact sizes against plain integer arithmetic, tried out for every small size."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.dimensions import (
    Condition,
    Size,
    Truth,
    at_least,
    divisible,
    equal,
    substitute,
    symbol,
    symbols_of,
)

GRID = [dict(zip("HW", sizes, strict=True)) for sizes in product((1, 2, 3, 5, 8, 13, 30), repeat=2)]

Value = tuple[Size, Callable[[dict[str, int]], int]]


def constant(number: int) -> Value:
    return number, lambda values: number


def named(name: str) -> Value:
    return symbol(name), lambda values: values[name]


def combined(draw: tuple[str, Value, Value]) -> Value:
    sign, (a, left), (b, right) = draw
    if sign == "+":
        return a + b, lambda values: left(values) + right(values)
    if sign == "-":
        return a - b, lambda values: left(values) - right(values)
    return a * b, lambda values: left(values) * right(values)


def divided(draw: tuple[str, Value, int]) -> Value:
    sign, (a, left), divisor = draw
    if sign == "//":
        return a // divisor, lambda values: left(values) // divisor
    return a % divisor, lambda values: left(values) % divisor


def larger(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    binary = st.tuples(st.sampled_from("+-*"), values, values).map(combined)
    divisor = st.integers(-4, 7).filter(bool)
    return binary | st.tuples(st.sampled_from(["//", "%"]), values, divisor).map(divided)


LEAVES = st.integers(-9, 9).map(constant) | st.sampled_from("HW").map(named)
VALUES = st.recursive(LEAVES, larger, max_leaves=6)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(VALUES)
def test_arithmetic_is_that_of_integers(value: Value) -> None:
    size, evaluate = value
    for values in GRID:
        assert substitute(size, values) == evaluate(values), (str(size), values)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(VALUES)
def test_a_size_without_symbols_is_a_plain_integer(value: Value) -> None:
    size, _ = value
    assert isinstance(size, int) or symbols_of(size)
    assert size - size == 0
    assert type(substitute(size, {"H": 4, "W": 9})) is int


@settings(max_examples=200, deadline=None, derandomize=True)
@given(VALUES, VALUES)
def test_the_order_of_a_sum_and_a_product_does_not_matter(a: Value, b: Value) -> None:
    assert a[0] + b[0] == b[0] + a[0]
    assert a[0] * b[0] == b[0] * a[0]
    assert hash(a[0] + b[0]) == hash(b[0] + a[0])
    assert str(a[0] * b[0]) == str(b[0] * a[0])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(VALUES, st.integers(1, 40))
def test_substitution_by_a_symbol_is_composition(value: Value, width: int) -> None:
    size, evaluate = value
    renamed = substitute(size, {"H": symbol("K") + 1, "W": width})
    for height in (1, 2, 7, 12):
        assert substitute(renamed, {"K": height}) == evaluate({"H": height + 1, "W": width})


# --- the canonical form -----------------------------------------------------------------------


def test_five_strides_of_2_are_one_floor() -> None:
    height: Size = symbol("H")
    for _ in range(5):
        height = (height + 1) // 2
    assert height == (symbol("H") + 31) // 32
    assert str(height) == "floor((H + 31) / 32)"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-3, 9)), min_size=1, max_size=6))
def test_strides_compose_to_one_floor(strides: list[tuple[int, int]]) -> None:
    size: Size = symbol("H")
    for stride, shift in strides:
        size = (size + shift) // stride
    assert str(size).count("floor") <= 1


@pytest.mark.parametrize(
    ("size", "text"),
    [
        ((4 * symbol("H") + 6) // 2, "2*H + 3"),
        ((2 * symbol("H") + 1) // 4, "floor(H / 2)"),
        ((symbol("H") + 5) // 2, "floor((H + 1) / 2) + 2"),
        ((6 * symbol("H")) % 3, "0"),
        (symbol("N") * symbol("H") + symbol("H") * symbol("N"), "2*H*N"),
        (3 - symbol("H"), "-H + 3"),
    ],
)
def test_forms_that_hold_by_arithmetic(size: Size, text: str) -> None:
    assert str(size) == text


def test_division_by_zero_is_an_error_for_symbols_too() -> None:
    with pytest.raises(ZeroDivisionError):
        symbol("H") // 0
    with pytest.raises(ZeroDivisionError):
        symbol("H") % 0


# --- comparing --------------------------------------------------------------------------------


def sound(truth: Truth, holds: Callable[[dict[str, int]], bool]) -> None:
    """Check that a verdict is that of every size, and that a condition decides each size."""
    for values in GRID:
        found = truth if isinstance(truth, bool) else truth.holds(values)
        assert found == holds(values), (str(truth), values)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES, VALUES)
def test_equal_and_at_least_agree_with_every_size(first: Value, second: Value) -> None:
    (a, left), (b, right) = first, second
    sound(equal(a, b), lambda values: left(values) == right(values))
    sound(at_least(a, b), lambda values: left(values) >= right(values))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES, st.integers(1, 12))
def test_divisible_agrees_with_every_size(value: Value, modulus: int) -> None:
    size, evaluate = value
    sound(divisible(size, modulus), lambda values: evaluate(values) % modulus == 0)


def test_what_is_plain_is_decided() -> None:
    height = symbol("H")
    assert at_least(height, 1) is True
    assert at_least(0, height) is False
    assert at_least(height // 2, 0) is True
    assert equal(height, height) is True
    assert equal(height + 1, height) is False
    assert divisible(12 * height, 4) is True
    assert divisible(4 * height + 2, 4) is False


def test_a_condition_reads_as_one_writes_it() -> None:
    assert str(divisible(symbol("H"), 16)) == "H % 16 == 0"
    assert str(divisible(symbol("H") + 8, 16)) == "(H + 8) % 16 == 0"
    assert str(equal(symbol("H"), 7)) == "H - 7 == 0"


def test_a_condition_needs_all_its_symbols() -> None:
    condition = equal(symbol("H"), symbol("W"))
    assert isinstance(condition, Condition)
    with pytest.raises(KeyError, match="H - W == 0"):
        condition.holds({"H": 2, "X": 3})
