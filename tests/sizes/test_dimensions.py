"""Exact sizes against plain integer arithmetic, tried out for every small size."""

from collections.abc import Callable
from itertools import product
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archspec.sizes import (
    Condition,
    Floor,
    Polynomial,
    Size,
    Truth,
    at_least,
    decided,
    divided,
    divisible,
    equal,
    evaluated,
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


def rounded(draw: tuple[str, Value, int]) -> Value:
    sign, (a, left), divisor = draw
    if sign == "//":
        return a // divisor, lambda values: left(values) // divisor
    return a % divisor, lambda values: left(values) % divisor


def larger(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    binary = st.tuples(st.sampled_from("+-*"), values, values).map(combined)
    divisor = st.integers(-4, 7).filter(bool)
    return binary | st.tuples(st.sampled_from(["//", "%"]), values, divisor).map(rounded)


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
def test_evaluating_is_substituting_numbers(value: Value) -> None:
    for values in GRID:
        assert evaluated(value[0], values) == substitute(value[0], values)


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


def over_height(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Linear combinations, floors and remainders, as windows and joins make them."""
    parts = st.tuples(st.sampled_from("+-"), values, values).map(combined)
    steps = st.tuples(st.sampled_from(["//", "//", "%"]), values, st.sampled_from([2, 3, 4, 8]))
    return parts | steps.map(rounded)


HEIGHTS = range(1, 401)
HEIGHT = st.recursive(
    st.integers(-9, 9).map(constant) | st.just(named("H")), over_height, max_leaves=5
)


def period(*sizes: Size) -> int:
    """Give a number after which the floors of sizes begin again: the product of all divisors."""
    floors = [
        atom
        for size in sizes
        if isinstance(size, Polynomial)
        for monomial in size.terms
        for atom, _ in monomial
        if isinstance(atom, Floor)
    ]
    return prod(floor.divisor * period(floor.numerator) for floor in floors)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(HEIGHT, HEIGHT, st.integers(1, 9))
def test_over_one_symbol_nothing_stays_undecided(first: Value, second: Value, modulus: int) -> None:
    """What is true, or false, at all heights up to several periods is no condition."""
    (a, _), (b, _) = first, second
    assume(12 * modulus * period(a, b) < len(HEIGHTS))
    cases: list[tuple[Truth, Callable[[int, int], bool]]] = [
        (equal(a, b), lambda x, y: x == y),
        (at_least(a, b), lambda x, y: x >= y),
        (divisible(a, modulus), lambda x, y: x % modulus == 0),
    ]
    for truth, holds in cases:
        points = ({"H": height} for height in HEIGHTS)
        seen = [holds(evaluated(a, point), evaluated(b, point)) for point in points]
        if all(seen) or not any(seen):
            assert truth is seen[0], (str(a), str(b), modulus)
        else:
            assert isinstance(truth, Condition)
            assert [truth.holds({"H": height}) for height in HEIGHTS] == seen


@pytest.mark.parametrize(
    ("truth", "expected"),
    [
        (equal(2 * (symbol("H") // 2) + symbol("H") % 2, symbol("H")), True),
        (equal(symbol("H") // 2 + (symbol("H") + 1) // 2, symbol("H")), True),
        (equal(symbol("N") * (symbol("H") // 2), symbol("N") * ((symbol("H") + 2) // 2)), False),
        (equal(2 * symbol("H") + 4 * symbol("W"), 7), False),
        (equal(symbol("H") + symbol("W"), 1), False),
        (at_least(symbol("H"), 2 * (symbol("H") // 2)), True),
        (at_least(symbol("N") * symbol("H"), 2 * symbol("N") * (symbol("H") // 2)), True),
        (at_least(symbol("H") // 2 + symbol("W") // 2, symbol("H") + symbol("W")), False),
        (at_least(symbol("H") * symbol("H"), 6 * symbol("H") - 9), True),
        (at_least(symbol("H") * symbol("H"), 6 * symbol("H") - 8), None),
        (divisible(symbol("H") * (symbol("H") + 1), 2), True),
        (divisible(4 * symbol("H") * symbol("W") + 2, 4), False),
        (divisible(symbol("H") * symbol("W") * (symbol("H") + symbol("W")), 2), True),
    ],
)
def test_what_arithmetic_proves_is_decided(truth: Truth, expected: bool | None) -> None:
    assert truth is expected or (expected is None and isinstance(truth, Condition))


def test_a_period_that_is_too_long_leaves_a_condition() -> None:
    height = symbol("H")
    size = height // 61 + height // 67 + height // 71
    condition = equal(size, height)
    assert isinstance(condition, Condition)
    assert [h for h in range(1, 500) if condition.holds({"H": h})] == [
        h for h in range(1, 500) if h // 61 + h // 67 + h // 71 == h
    ]


def test_a_condition_is_decided_again_where_its_symbols_become_sizes() -> None:
    condition = divisible(symbol("H"), 4)
    assert isinstance(condition, Condition)
    assert decided(condition, {"H": 8 * symbol("K")}) is True
    assert decided(condition, {"H": 8 * symbol("K") + 2}) is False
    assert str(decided(condition, {"H": symbol("K") + 2})) == "(K + 2) % 4 == 0"


def test_what_is_plain_is_decided() -> None:
    height = symbol("H")
    assert at_least(height, 1) is True
    assert at_least(0, height) is False
    assert at_least(height // 2, 0) is True
    assert equal(height, height) is True
    assert equal(height + 1, height) is False
    assert divisible(12 * height, 4) is True
    assert divisible(4 * height + 2, 4) is False


@pytest.mark.parametrize(
    ("truth", "text"),
    [
        (divisible(symbol("H"), 16), "H % 16 == 0"),
        (divisible(symbol("H") + 8, 16), "(H + 8) % 16 == 0"),
        (equal(symbol("H"), 7), "H == 7"),
        (equal(7, symbol("H")), "H == 7"),
        (equal(2 * (symbol("H") // 16), symbol("H") // 8), "2*floor(H / 16) == floor(H / 8)"),
        (at_least(symbol("H") - 3, 0), "H >= 3"),
        (at_least(symbol("N") * symbol("H"), 3 * symbol("N")), "H >= 3"),
        (at_least(symbol("H") + 2, symbol("W")), "H + 2 >= W"),
        (at_least(9, symbol("H")), "9 >= H"),
    ],
)
def test_a_condition_reads_as_one_writes_it(truth: Truth, text: str) -> None:
    assert isinstance(truth, Condition)
    assert str(truth) == text


def test_a_condition_needs_all_its_symbols() -> None:
    condition = equal(symbol("H"), symbol("W"))
    assert isinstance(condition, Condition)
    with pytest.raises(KeyError, match=r"H == W needs values for \['W'\]"):
        condition.holds({"H": 2, "X": 3})


# --- quotients --------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES, VALUES)
def test_a_quotient_times_the_divisor_is_the_dividend(first: Value, second: Value) -> None:
    (a, left), (b, right) = first, second
    assert divided(a * b, b) == (a if b != 0 else None)
    quotient = divided(a, b)
    if quotient is not None:
        for values in GRID:
            assert evaluated(quotient, values) * right(values) == left(values)


def test_quotients_that_cancel() -> None:
    batch, tokens, height = symbol("N"), symbol("T"), symbol("H")
    assert divided(768 * batch * tokens, 12 * batch * tokens) == 64
    assert divided(6 * batch, 3) == 2 * batch
    assert divided(batch * tokens, tokens) == batch
    assert divided(batch * (height // 2) * 8, 2 * (height // 2)) == 4 * batch
    assert divided(batch * tokens + batch, tokens + 1) == batch
    assert divided(12, 4) == 3
    assert divided(0, batch) == 0


def test_quotients_that_are_none_for_every_value() -> None:
    batch, tokens = symbol("N"), symbol("T")
    assert divided(batch, tokens) is None
    assert divided(6 * batch + 2, 3) is None
    assert divided(12, batch) is None
    assert divided(13, 4) is None
    assert divided(batch, 0) is None
    assert divided(batch * batch + 1, batch + 1) is None
