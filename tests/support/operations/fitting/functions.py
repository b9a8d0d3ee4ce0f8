"""Functions of PyTorch: shapes that fit, dimensions that are there."""

from collections.abc import Callable
from random import Random
from typing import Any

from archspec.sizes import Shape, Tensor
from support.operations.fitting.kinds import SIZES, Arguments, Fitting, Inputs, dim, shape
from support.operations.stricter import Known, Rule, Stricter

# --- inputs -----------------------------------------------------------------------------------


def _ones(random: Random) -> tuple[Tensor, ...]:
    return (Tensor(tuple(random.choices((1, 1, 1, 2, 5), k=random.randint(1, 4)))),)


def _factors(random: Random) -> tuple[Tensor, ...]:
    """Two factors of a matrix product; now and then one is a vector, or a dimension broadcasts."""
    batch, (rows, inner, columns) = shape(random, random.randint(0, 2)), shape(random, 3)
    a: Shape = (*batch, rows, inner)
    b: Shape = (*broadcasting(random, batch), inner, columns)
    if random.random() < 0.15:
        a = (inner,)
    if random.random() < 0.15:
        b = (inner,)
    dtype = random.choice(("float32", "float32", "int64"))
    return Tensor(a, dtype), Tensor(b, dtype)


def broadcasting(random: Random, batch: Shape) -> Shape:
    kept = tuple(1 if random.random() < 0.2 else size for size in batch)
    return kept[1:] if random.random() < 0.1 else kept


def _joined(most: int) -> Callable[[Random], Inputs]:
    """Draw values that broadcast, at times of other dtypes."""

    def inputs(random: Random) -> Inputs:
        sizes = shape(random, random.choice((1, 2, 3, 4)))
        count = random.randint(1, most)
        shapes = [sizes, *(broadcasting(random, sizes) for _ in range(count - 1))]
        return tuple(Tensor(item, any_dtype(random)) for item in shapes if item)

    return inputs


def any_dtype(random: Random) -> str:
    return random.choice((*("float32",) * 6, "int64", "int64", "int32", "bool", "float16"))


def one(random: Random) -> Inputs:
    return (Tensor(shape(random, random.randint(1, 5)), any_dtype(random)),)


def _chosen(random: Random) -> Inputs:
    """Draw a condition, and up to two values that broadcast with it."""
    (sizes, *others) = (x.shape for x in _joined(3)(random))
    dtype = "bool" if random.random() < 0.9 else any_dtype(random)
    return (Tensor(sizes, dtype), *(Tensor(item, any_dtype(random)) for item in others))


def _masked(random: Random) -> Inputs:
    sizes = shape(random, random.choice((1, 2, 3, 4)))
    mask = broadcasting(random, sizes) or sizes
    dtype = "bool" if random.random() < 0.9 else any_dtype(random)
    inputs = (Tensor(sizes, any_dtype(random)), Tensor(mask, dtype))
    return (
        (Tensor(mask, inputs[0].dtype), Tensor(sizes, dtype)) if random.random() < 0.2 else inputs
    )


def _indices(random: Random) -> str:
    return random.choice((*("int64",) * 5, "int32", "float32"))


def _gathered(random: Random) -> Inputs:
    """Draw indices of which most reach no further than what they are taken from."""
    (x,) = one(random)
    sizes = [random.randint(1, int(str(size))) for size in x.shape]
    if random.random() < 0.3:
        sizes[random.randrange(x.rank)] += 1
    return x, Tensor(tuple(sizes), _indices(random))


def _selected(random: Random) -> Inputs:
    return *one(random), Tensor(shape(random, random.choice((1, 1, 1, 2))), _indices(random))


def _factors_of_any_rank(random: Random) -> Inputs:
    """Draw factors; sizes that are alike may get one letter."""
    count = random.choice((1, 2, 2, 2, 3))
    dtype = random.choice((*("float32",) * 6, "int64", "bool", "float16"))
    dtypes = [dtype if random.random() < 0.9 else any_dtype(random) for _ in range(count)]
    return tuple(Tensor(shape(random, random.randint(1, 4)), item) for item in dtypes)


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
    """Give a border of numbers, or one made from the input, which may be nearly as wide."""
    (x, *_) = inputs
    if x.rank > 2 and random.random() < 0.5:
        sizes = [size for size in reversed(x.shape[2:]) for _ in range(2)]
        widths = [random.choice((0, 0, 1, 1, 2, size - 1, size)) for size in sizes]
        mode = random.choice(("reflect", "replicate", "circular"))
        return {"pad": widths, "mode": mode, "value": None}
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


def _left_out(random: Random, inputs: Inputs) -> Arguments:
    """Name one dimension or several, now and then none."""
    (x, *_) = inputs
    several = random.sample(range(-x.rank, 0), random.randint(0, x.rank))
    return {"dim": random.choice((dim(random, x), several))}


def _regrouped_size(random: Random, inputs: Inputs) -> Arguments:
    """Split a dimension that can be split; one of the sizes may be found."""
    (x, *_) = inputs
    index = dim(random, x)
    size = int(str(x.shape[index]))
    first = random.choice([n for n in range(1, size + 1) if size % n == 0])
    made = [first, size // first, *random.choice(([], [1]))]
    if random.random() < 0.4:
        made[random.randrange(len(made))] = -1
    return {"dim": index, "unflattened_size": made}


def _equation(random: Random, inputs: Inputs) -> Arguments:
    """Name the dimensions, those of one size mostly alike, and say which come out."""
    named = [_letters(random, x) for x in inputs]
    every = sorted({letter for letters in named for letter in letters})
    out = random.sample(every, random.randint(1, len(every)))
    if random.random() < 0.2:
        named = [["...", *letters[random.randint(0, 1) :]] for letters in named]
        out = ["...", *(letter for letter in out if any(letter in item for item in named))]
    if random.random() < 0.1:
        random.choice(named)[-1] = random.choice(("i", "j", "1", ".", "->", "ii"))
    left = random.choice((",", ",", ", ")).join("".join(letters) for letters in named)
    return {"equation": left if random.random() < 0.15 else f"{left}->{''.join(out)}"}


def _letters(random: Random, x: Tensor) -> list[str]:
    """Draw a letter for each size: one of two, or any one for a size of 1."""
    found: list[str] = []
    for size in x.shape:
        known = {2: "ab", 3: "ij", 4: "xY", 6: "pq"}.get(int(str(size)), "abijxYpq")
        fresh = [letter for letter in known if letter not in found]
        found.append(random.choice(fresh if fresh and random.random() < 0.95 else known))
    return found


def _number_if_alone(*names: str, wanted: int) -> Callable[[Random, Inputs], Arguments]:
    """Give numbers in the place of the values that are missing."""

    def arguments(random: Random, inputs: Inputs) -> Arguments:
        missing = min(max(0, wanted - len(inputs)), len(names))
        given = random.sample(names, missing)
        values = (1, 2, 3, -1, 0.5, 2.0, -1.5, 0)
        return {name: random.choice(values) if name in given else None for name in names}

    return arguments


def _numbers(random: Random, inputs: Inputs) -> Arguments:
    """Give lists in lists, or an expression over as many indices as there are dimensions."""
    rank = random.choice((0, 1, 2, 2, 3, 4))
    if random.random() < 0.4:
        return {"values": _nested(random, shape(random, rank)), "shape": None, "value": ""}
    words: tuple[str, ...]
    words = ("i", "i + 1", "2 ** -i", "shape[0] - i", "0.5", "1", "i < 2", "1 if i else 0", "1 / i")
    more = ("j <= i", "j - i", "max(i, j) % 2", "abs(i - j)", "true", "k", "i +", "shape[4]")
    words = words if rank else (*words, "sqrt(4)", "2 * pi")
    value = random.choice((*words, *more) if rank > 1 else words)
    return {"values": None, "shape": list(shape(random, rank)), "value": value}


def _nested(random: Random, sizes: Shape) -> Any:
    if not sizes:
        return random.choice((0, 1, 2, -1, 3, 0.5, True))
    length = int(str(sizes[0])) + (random.random() < 0.02)
    return [_nested(random, sizes[1:]) for _ in range(length)]


def _limits(random: Random, inputs: Inputs) -> Arguments:
    values = (0, 1, -1, 6, 0.5, -0.5, None)
    return {"min": random.choice(values), "max": random.choice(values)}


def _rolled(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    if random.random() < 0.2:
        return {"shifts": random.choice((1, -2, [3])), "dims": None}
    if random.random() < 0.3:
        return {"shifts": random.choice((1, -1, 7)), "dims": dim(random, x)}
    count = random.randint(1, x.rank)
    return {
        "shifts": random.choices((0, 1, 2, -1, 9), k=count),
        "dims": [dim(random, x) for _ in range(count)],
    }


def _turned(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    return {"dims": random.sample(range(-x.rank, 0), random.randint(1, x.rank))}


FITTING = {
    **{name: Fitting(_joined(3)) for name in ("add", "mul")},
    **{
        name: Fitting(_joined(2), _number_if_alone("other", wanted=2))
        for name in ("sub", "div", "maximum", "minimum")
    },
    **{name: Fitting(one) for name in ("abs", "exp", "log", "neg", "sqrt", "argmax", "sum")},
    **{name: Fitting(one) for name in ("amax", "amin")},
    "clamp": Fitting(one, _limits),
    "constant": Fitting(lambda random: (), _numbers),
    "cumsum": Fitting(one, _taken),
    "einsum": Fitting(_factors_of_any_rank, _equation),
    "flip": Fitting(one, _turned),
    "gather": Fitting(_gathered, _taken),
    "index_select": Fitting(_selected, _taken),
    "logsumexp": Fitting(one, _left_out),
    "masked_fill": Fitting(_masked),
    "normalize": Fitting(arguments=_taken),
    "pow": Fitting(_joined(2), _number_if_alone("exponent", wanted=2)),
    "roll": Fitting(one, _rolled),
    "unbind": Fitting(one, _taken),
    "where": Fitting(_chosen, _number_if_alone("input", "other", wanted=3)),
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


def has_no_dimensions(case: Any) -> bool:
    """Say whether one of the inputs is a lone number, for which PyTorch takes 0 and -1."""
    return any(tensor.rank == 0 for tensor in case.inputs)


_BY_DIMENSION = (
    *("amax", "amin", "argmax", "cumsum", "flatten", "flip", "gather", "index_select"),
    *("log_softmax", "logsumexp", "mean", "normalize", "softmax", "softmin", "squeeze", "sum"),
    *("transpose", "vector_norm"),
)

_NUMBERED = (*("add", "mul", "pow", "clamp", "where", "masked_fill", "normalize", "vector_norm"),)
_TWO = ("sub", "div", "maximum", "minimum")

STRICTER: Known = {
    **{(name, "finite_number"): Stricter(Rule.FINITE) for name in (*_TWO, *_NUMBERED)},
    # Two values, or one and a number: nothing else has that form.
    **{(name, "wrong-arity"): Stricter(Rule.FORM) for name in _TWO},
    # A condition alone asks where it is true, and how many places these are nobody knows.
    ("where", "wrong-arity"): Stricter(Rule.FORM),
    # It is given in one of two ways, and integers are written as such.
    ("constant", "out_of_range"): Stricter(Rule.FORM),
    ("constant", "list_type"): Stricter(Rule.FORM),
    ("constant", "finite_number"): Stricter(Rule.FINITE),
    # What is divided by must not be 0.
    ("div", "out_of_range"): Stricter(Rule.FINITE),
    **{
        (name, "dimension-out-of-range"): Stricter(Rule.SCALAR, has_no_dimensions)
        for name in _BY_DIMENSION
    },
    ("gather", "rank-mismatch"): Stricter(Rule.FORM, has_no_dimensions),
    ("index_select", "rank-mismatch"): Stricter(Rule.FORM, has_no_dimensions),
    ("arange", "empty-tensor"): Stricter(Rule.EMPTY),
    ("expand", "out_of_range"): Stricter(Rule.EMPTY),
    ("interpolate", "empty-tensor"): Stricter(Rule.EMPTY),
    ("interpolate", "out_of_range"): Stricter(Rule.EMPTY),
    ("interpolate", "wrong-dtype"): Stricter(Rule.ROUNDED),
    # With `keepdim` an empty list stands for all dimensions in PyTorch; without, it fails.
    ("logsumexp", "out_of_range"): Stricter(Rule.FORM),
    ("narrow", "out_of_range"): Stricter(Rule.EMPTY),
    # A border that repeats the input is not cut off from it at the same time, and has no value.
    ("pad", "out_of_range"): Stricter(Rule.UNSEEN),
    ("pad", "empty-tensor"): Stricter(Rule.EMPTY),
    ("parameter", "list_type"): Stricter(Rule.FORM),
    ("parameter", "out_of_range"): Stricter(Rule.EMPTY),
    ("slice", "empty-tensor"): Stricter(Rule.EMPTY),
    # PyTorch takes what is there.
    ("slice", "out-of-range"): Stricter(Rule.BEYOND),
    ("split", "out_of_range"): Stricter(Rule.EMPTY),
    # What is left out must be of size 1; PyTorch leaves in what is not.
    ("squeeze", "shape-mismatch"): Stricter(Rule.BEYOND),
}
