"""Functions that compare, and those that take, put or repeat what stands at a place."""

from random import Random

from archspec.sizes import Tensor
from support.operations.fitting.functions import any_dtype, broadcasting, has_no_dimensions, one
from support.operations.fitting.kinds import Arguments, Fitting, Inputs, dim, shape
from support.operations.stricter import Known, Rule, Stricter

COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")

# --- inputs -----------------------------------------------------------------------------------


def _two(random: Random) -> Inputs:
    """Draw two values that broadcast, of any dtypes."""
    sizes = shape(random, random.choice((1, 2, 3, 4)))
    other = broadcasting(random, sizes) or sizes
    return Tensor(sizes, any_dtype(random)), Tensor(other, any_dtype(random))


def _one_or_two(random: Random) -> Inputs:
    return _two(random)[: random.randint(1, 2)]


def _classes(random: Random) -> Inputs:
    dtype = "int64" if random.random() < 0.8 else any_dtype(random)
    return (Tensor(shape(random, random.randint(1, 4)), dtype),)


def _floats(random: Random) -> Inputs:
    dtype = random.choice((*("float32",) * 6, "float64", "float16", "bfloat16", "int64"))
    return (Tensor(shape(random, random.randint(1, 5)), dtype),)


def _scattered(random: Random) -> Inputs:
    """Draw indices that mostly reach no further than both what is read and what is written."""
    (x,) = one(random)
    x = Tensor(x.shape, "float16") if random.random() < 0.2 else x
    several = random.random() < 0.8
    sizes = [random.randint(1, int(str(size))) if several else 1 for size in x.shape]
    index = Tensor(tuple(sizes), random.choice((*("int64",) * 6, "int32", "float32")))
    if random.random() < 0.4:
        return x, index
    wider = [size + random.choice((0, 0, 0, 1, 2)) for size in sizes]
    if random.random() < 0.15:
        wider[random.randrange(x.rank)] -= 1
    source = tuple(max(1, size) for size in wider)
    return x, index, Tensor(source, x.dtype if random.random() < 0.9 else any_dtype(random))


# --- arguments --------------------------------------------------------------------------------


def _compared(random: Random, inputs: Inputs) -> Arguments:
    """Give a number where there is no second value."""
    numbers = (0, 1, 2, -1, 0.5, -1.5, "inf", "-inf", 2**31 - 1, 2**31, -(2**40), 1e300)
    return {"other": random.choice(numbers) if len(inputs) == 1 else None}


def _spread(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    several = random.sample(range(-x.rank, 0), random.randint(1, x.rank))
    return {
        "dim": random.choice((dim(random, x), several, None)),
        "correction": random.choice((0, 1, 1, 0.5, 1.5, 2, -1, None)),
    }


def _joined(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    several = random.sample(range(-x.rank, 0), random.randint(0, x.rank))
    return {"dim": random.choice((dim(random, x), several, None))}


def _along(random: Random, inputs: Inputs) -> Arguments:
    return {"dim": dim(random, inputs[0])}


def _largest(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    index = dim(random, x)
    return {"dim": index, "k": random.randint(1, int(str(x.shape[index])))}


def _repeated(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    return {"dim": random.choice((dim(random, x), dim(random, x), None))}


def _written(random: Random, inputs: Inputs) -> Arguments:
    """Give a number where there is no third value, of float16 mostly one that is too large."""
    numbers = (0, 1, 0.5, -2, "inf", "-inf", 2**40, 1e300)
    small = inputs[0].dtype == "float16"
    return {
        "dim": dim(random, inputs[0]),
        "value": random.choice(numbers[-4:] if small else numbers) if len(inputs) == 2 else None,
        **({"reduce": random.choice(("add", "multiply"))} if small else {}),
    }


def _multiplied(random: Random, inputs: Inputs) -> Arguments:
    """Give `keepdim` mostly where a dimension is named."""
    index = random.choice((dim(random, inputs[0]), dim(random, inputs[0]), None))
    return {"dim": index, "keepdim": random.random() < (0.5 if index is not None else 0.1)}


FITTING = {
    **{name: Fitting(_one_or_two, _compared) for name in COMPARISONS},
    **{name: Fitting(_two) for name in ("logical_and", "logical_or", "logical_xor")},
    **{name: Fitting(one) for name in ("logical_not", "sin", "cos", "rsqrt", "sign", "argmin")},
    **{name: Fitting(one, _joined) for name in ("any", "all")},
    "cumprod": Fitting(one, _along),
    **{name: Fitting(_floats, _spread) for name in ("var", "std")},
    "one_hot": Fitting(_classes),
    "prod": Fitting(one, _multiplied),
    "repeat_interleave": Fitting(one, _repeated),
    "scatter": Fitting(_scattered, _written),
    "topk": Fitting(one, _largest),
}

STRICTER: Known = {
    # Two values, or one and a number: nothing else has that form.
    **{(name, "wrong-arity"): Stricter(Rule.FORM) for name in COMPARISONS},
    **{(name, "out-of-range"): Stricter(Rule.WRAPPED) for name in COMPARISONS},
    # How many classes there are is the largest number that is seen, if it is -1.
    ("one_hot", "out_of_range"): Stricter(Rule.FORM),
    **{
        (name, "dimension-out-of-range"): Stricter(Rule.SCALAR, has_no_dimensions)
        for name in ("any", "all", "argmin", "cumprod", "prod", "var", "std")
    },
    ("topk", "dimension-out-of-range"): Stricter(Rule.SCALAR, has_no_dimensions),
    ("scatter", "dimension-out-of-range"): Stricter(Rule.SCALAR, has_no_dimensions),
    ("scatter", "rank-mismatch"): Stricter(Rule.FORM, has_no_dimensions),
    ("repeat_interleave", "out_of_range"): Stricter(Rule.EMPTY),
    ("scatter", "wrong-arity"): Stricter(Rule.FORM),
    # PyTorch lets it be where one place alone is written.
    ("scatter", "out-of-range"): Stricter(Rule.WRAPPED, lambda case: case.inputs[1].elements == 1),
    ("topk", "out_of_range"): Stricter(Rule.EMPTY),
    # The number of values less the correction is what is divided by.
    **{(name, "out-of-range"): Stricter(Rule.FINITE) for name in ("var", "std")},
}
