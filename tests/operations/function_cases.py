"""Inputs and arguments of the functions, which fit each other by chance too seldom."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from archspec.tensors import Shape, Tensor

SIZES = (1, 2, 3, 4, 6)
Arguments = dict[str, Any]


def fitting_inputs(op: str, random: Random) -> tuple[Tensor, ...] | None:
    """Draw inputs that fit each other, mostly; `None` where any will do."""
    if op not in INPUTS or random.random() < 0.1:
        return None
    return INPUTS[op](random)


def fitted(
    op: str, given: Mapping[str, Any], inputs: tuple[Tensor, ...], random: Random
) -> Arguments:
    """Put arguments that fit the inputs in the place of others, mostly."""
    if op not in ARGUMENTS or random.random() < 0.2:
        return dict(given)
    return {**given, **ARGUMENTS[op](random, inputs[0])}


# --- inputs -----------------------------------------------------------------------------------


def _shape(random: Random, rank: int) -> Shape:
    return tuple(random.choices(SIZES, k=rank))


def _ones(random: Random) -> tuple[Tensor, ...]:
    return (Tensor(tuple(random.choices((1, 1, 1, 2, 5), k=random.randint(1, 4)))),)


def _factors(random: Random) -> tuple[Tensor, ...]:
    """Two factors of a matrix product; now and then one is a vector, or a dimension broadcasts."""
    batch, (rows, inner, columns) = _shape(random, random.randint(0, 2)), _shape(random, 3)
    a: Shape = (*batch, rows, inner)
    b: Shape = (*_broadcasting(random, batch), inner, columns)
    if random.random() < 0.15:
        a = (inner,)
    if random.random() < 0.15:
        b = (inner,)
    dtype = random.choice(("float32", "float32", "int64"))
    return Tensor(a, dtype), Tensor(b, dtype)


def _broadcasting(random: Random, batch: Shape) -> Shape:
    kept = tuple(1 if random.random() < 0.2 else size for size in batch)
    return kept[1:] if random.random() < 0.1 else kept


def _attended(random: Random) -> tuple[Tensor, ...]:
    """Draw queries, keys, values and perhaps a mask; now and then keys have fewer heads."""
    batch, (queries, keys, inner) = _shape(random, random.choice((0, 1, 2, 2))), _shape(random, 3)
    columns = random.choice((inner, *SIZES))
    shared = _fewer_heads(random, batch) if random.random() < 0.5 else batch
    inputs = [
        Tensor((*batch, queries, inner)),
        Tensor((*shared, keys, inner)),
        Tensor((*shared, keys, columns)),
    ]
    if random.random() < 0.4:
        inputs.append(_mask(random, (*batch, queries, keys)))
    return tuple(inputs)


def _fewer_heads(random: Random, batch: Shape) -> Shape:
    heads = [n for n in SIZES if batch and int(str(batch[-1])) % n == 0]
    return (*batch[:-1], random.choice(heads)) if heads else batch


def _mask(random: Random, shape: Shape) -> Tensor:
    kept = shape[-2:] if random.random() < 0.5 else _broadcasting(random, shape)
    return Tensor(kept, random.choice(("bool", "float32", "int64")))


INPUTS: Mapping[str, Callable[[Random], tuple[Tensor, ...]]] = {
    "squeeze": _ones,
    "matmul": _factors,
    "scaled_dot_product_attention": _attended,
}


# --- arguments --------------------------------------------------------------------------------


def _dim(random: Random, x: Tensor) -> int:
    return random.randrange(-x.rank, x.rank)


def _dims(random: Random, x: Tensor) -> Arguments:
    order = random.sample(range(x.rank), x.rank)
    return {"dims": [dim - x.rank if random.random() < 0.2 else dim for dim in order]}


def _regrouped(random: Random, x: Tensor) -> Arguments:
    """Merge some neighbours, split some sizes, and leave one of them to be found."""
    shape: list[Any] = []
    for size in x.shape:
        merges = shape and random.random() < 0.3
        shape.append(shape.pop() * size if merges else size)
    if shape[0] % 2 == 0 and random.random() < 0.5:
        shape[:1] = [2, shape[0] // 2]
    if random.random() < 0.5:
        shape[random.randrange(len(shape))] = -1
    return {"shape": shape}


def _expanded(random: Random, x: Tensor) -> Arguments:
    kept = [random.choice((-1, size, 3 if size == 1 else size)) for size in x.shape]
    return {"size": [*random.choices((*SIZES, 0), k=random.choice((0, 0, 1))), *kept]}


def _sections(random: Random, x: Tensor) -> Arguments:
    dim = _dim(random, x)
    size = int(str(x.shape[dim]))
    first = random.randint(1, size)
    pieces = [first, size - first] if first < size else [first]
    return {"dim": dim, "split_size_or_sections": random.choice((first, pieces))}


def _one_of_size_1(random: Random, x: Tensor) -> Arguments:
    ones = [index for index, size in enumerate(x.shape) if size == 1]
    if not ones:
        return {}
    return {"dim": random.choice((random.choice(ones), random.sample(ones, min(2, len(ones)))))}


def _border(random: Random, x: Tensor) -> Arguments:
    count = 2 * random.randint(1, x.rank)
    return {"pad": random.choices((0, 0, 1, 1, 2, 2, -1), k=count)}


def _resized(random: Random, x: Tensor) -> Arguments:
    """Give either a size or a factor, and a mode that mostly fits the rank."""
    given: Any = random.choice((2, 3, (2.0, 0.5, 1 / 3, 0.1, 1.7)))
    factor = isinstance(given, tuple)
    each = [random.choice(given) if factor else random.randint(1, 9) for _ in range(x.rank - 2)]
    value = random.choice((each, each[0])) if each else 2
    modes = {3: ["linear"], 4: ["bilinear", "bicubic"], 5: ["trilinear"]}.get(x.rank, [])
    mode = random.choice(["nearest", "nearest-exact", "area", *modes, *modes])
    linear = {"align_corners": random.choice((None, True, False))} if mode in modes else {}
    blurred = {"antialias": random.random() < 0.3} if x.rank == 4 and mode in modes else {}
    chosen = {"scale_factor": value} if factor else {"size": value}
    other = {"size": None} if factor else {"scale_factor": None}
    plain: Arguments = {"align_corners": None, "antialias": False}
    return {**plain, "mode": mode, **chosen, **other, **linear, **blurred}


def _taken(random: Random, x: Tensor) -> Arguments:
    return {"dim": _dim(random, x)}


ARGUMENTS: Mapping[str, Callable[[Random, Tensor], Arguments]] = {
    "permute": _dims,
    "reshape": _regrouped,
    "expand": _expanded,
    "split": _sections,
    "squeeze": _one_of_size_1,
    "pad": _border,
    "interpolate": _resized,
    "narrow": _taken,
    "select": _taken,
    "slice": _taken,
}


# --- what we refuse and PyTorch runs ----------------------------------------------------------

STRICTER_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    # What flows has at least one dimension; PyTorch also makes numbers without any.
    "matmul": ("rank-mismatch",),
    "mean": ("rank-mismatch",),
    "select": ("rank-mismatch",),
    "sum": ("rank-mismatch",),
    # Every dimension is at least 1; PyTorch makes empty tensors.
    "arange": ("empty-tensor",),
    "expand": ("out_of_range",),
    "narrow": ("out_of_range",),
    # A slice that reaches beyond the dimension is a mistake; PyTorch takes what is there.
    "slice": ("empty-tensor", "out-of-range"),
    # A border that repeats the input is not cut off from it at the same time, and has no value.
    "pad": ("out_of_range", "empty-tensor"),
    # Images are of floating-point numbers; PyTorch's averages over all of it take others too.
    "interpolate": ("empty-tensor", "wrong-dtype"),
    # A probability is at least 0.
    "scaled_dot_product_attention": ("greater_than_equal",),
    # What is left out must be of size 1; PyTorch leaves in what is not.
    "squeeze": ("shape-mismatch", "rank-mismatch"),
    # A shape is a list.
    "parameter": ("list_type", "out_of_range"),
}
