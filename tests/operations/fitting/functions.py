"""Functions of PyTorch: shapes that fit, dimensions that are there."""

from random import Random
from typing import Any

from stricter import Known, Rule, Stricter

from archspec.tensors import Shape, Tensor
from fitting.kinds import SIZES, Arguments, Fitting, Inputs, dim, shape

# --- inputs -----------------------------------------------------------------------------------


def _ones(random: Random) -> tuple[Tensor, ...]:
    return (Tensor(tuple(random.choices((1, 1, 1, 2, 5), k=random.randint(1, 4)))),)


def _factors(random: Random) -> tuple[Tensor, ...]:
    """Two factors of a matrix product; now and then one is a vector, or a dimension broadcasts."""
    batch, (rows, inner, columns) = shape(random, random.randint(0, 2)), shape(random, 3)
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


# --- arguments --------------------------------------------------------------------------------


def _dims(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    order = random.sample(range(x.rank), x.rank)
    return {"dims": [dim - x.rank if random.random() < 0.2 else dim for dim in order]}


def _regrouped(random: Random, inputs: Inputs) -> Arguments:
    """Merge some neighbours, split some sizes, and leave one of them to be found."""
    (x, *_) = inputs
    shape: list[Any] = []
    for size in x.shape:
        merges = shape and random.random() < 0.3
        shape.append(shape.pop() * size if merges else size)
    if shape[0] % 2 == 0 and random.random() < 0.5:
        shape[:1] = [2, shape[0] // 2]
    if random.random() < 0.5:
        shape[random.randrange(len(shape))] = -1
    return {"shape": shape}


def _expanded(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    kept = [random.choice((-1, size, 3 if size == 1 else size)) for size in x.shape]
    return {"size": [*random.choices((*SIZES, 0), k=random.choice((0, 0, 1))), *kept]}


def _sections(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    index = dim(random, x)
    size = int(str(x.shape[index]))
    first = random.randint(1, size)
    pieces = [first, size - first] if first < size else [first]
    return {"dim": index, "split_size_or_sections": random.choice((first, pieces))}


def _one_of_size_1(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    ones = [index for index, size in enumerate(x.shape) if size == 1]
    if not ones:
        return {}
    return {"dim": random.choice((random.choice(ones), random.sample(ones, min(2, len(ones)))))}


def _border(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    count = 2 * random.randint(1, x.rank)
    return {"pad": random.choices((0, 0, 1, 1, 2, 2, -1), k=count)}


def _resized(random: Random, inputs: Inputs) -> Arguments:
    """Give either a size or a factor, and a mode that mostly fits the rank."""
    (x, *_) = inputs
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


def _taken(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    return {"dim": dim(random, x)}


def _regrouped_size(random: Random, inputs: Inputs) -> Arguments:
    sizes = ([-1, 1], [2, -1], [1, 2, -1], [2, 2], [2, 3], [2, 1, 4])
    return {"unflattened_size": random.choice(sizes)} if random.random() < 0.5 else {}


FITTING = {
    "expand": Fitting(arguments=_expanded),
    "interpolate": Fitting(arguments=_resized),
    "matmul": Fitting(_factors),
    "narrow": Fitting(arguments=_taken),
    "pad": Fitting(arguments=_border),
    "permute": Fitting(arguments=_dims),
    "reshape": Fitting(arguments=_regrouped),
    "select": Fitting(arguments=_taken),
    "slice": Fitting(arguments=_taken),
    "split": Fitting(arguments=_sections),
    "squeeze": Fitting(_ones, _one_of_size_1),
    "unflatten": Fitting(arguments=_regrouped_size),
}

STRICTER: Known = {
    ("arange", "empty-tensor"): Stricter(Rule.EMPTY),
    ("expand", "out_of_range"): Stricter(Rule.EMPTY),
    ("interpolate", "empty-tensor"): Stricter(Rule.EMPTY),
    ("interpolate", "wrong-dtype"): Stricter(Rule.ROUNDED),
    ("matmul", "rank-mismatch"): Stricter(Rule.SCALAR),
    ("mean", "rank-mismatch"): Stricter(Rule.SCALAR),
    ("narrow", "out_of_range"): Stricter(Rule.EMPTY),
    # A border that repeats the input is not cut off from it at the same time, and has no value.
    ("pad", "out_of_range"): Stricter(Rule.UNSEEN),
    ("pad", "empty-tensor"): Stricter(Rule.EMPTY),
    ("parameter", "list_type"): Stricter(Rule.FORM),
    ("parameter", "out_of_range"): Stricter(Rule.EMPTY),
    ("select", "rank-mismatch"): Stricter(Rule.SCALAR),
    ("slice", "empty-tensor"): Stricter(Rule.EMPTY),
    # PyTorch takes what is there.
    ("slice", "out-of-range"): Stricter(Rule.BEYOND),
    ("split", "out_of_range"): Stricter(Rule.EMPTY),
    # What is left out must be of size 1; PyTorch leaves in what is not.
    ("squeeze", "shape-mismatch"): Stricter(Rule.BEYOND),
    ("squeeze", "rank-mismatch"): Stricter(Rule.SCALAR),
    ("sum", "rank-mismatch"): Stricter(Rule.SCALAR),
}
