"""Convolutions and pools: the ranks that they take, indices, and arguments that are small."""

from random import Random
from typing import Any

from archspec.sizes import Tensor
from support.operations.fitting.kinds import Arguments, Fitting, Inputs, made_twice
from support.operations.stricter import Known, Rule, Stricter

SIZES = (3, 4, 5, 6, 7, 9)


def _large(rank: int) -> Any:
    """Draw a tensor into which most windows fit; now and then of one dimension less."""

    def drawn(random: Random) -> Inputs:
        count = rank if random.random() < 0.93 else random.choice((rank - 1, rank + 1))
        shape = (random.choice((1, 2)), random.choice((1, 2, 3, 4, 6)), *random.choices(SIZES, k=4))
        dtype = random.choice((*("float32",) * 12, "int64"))
        return (Tensor(shape[:count], dtype),)

    return drawn


def _small(rank: int) -> Any:
    """Draw windows that mostly fit, one number for all dimensions or one for each."""

    def drawn(random: Random, inputs: Inputs) -> Arguments:
        each = random.random() < 0.4

        def of(*choices: int) -> Any:
            return random.choices(choices, k=rank - 2) if each else random.choice(choices)

        found: dict[str, Any] = {"kernel_size": of(1, 2, 3)}
        if random.random() < 0.5:
            found["padding"] = of(0, 0, 1)
        return found

    return drawn


def _convolved(rank: int) -> Any:
    small = _small(rank)

    def drawn(random: Random, inputs: Inputs) -> Arguments:
        channels = inputs[0].shape[1] if inputs[0].rank > 1 else 1
        groups = random.choice((1, 1, 1, channels, 2))
        out = groups * random.choice((1, 2, 3))
        more = {"groups": groups, "out_channels": out} if random.random() < 0.8 else {}
        found = {**small(random, inputs), **more}
        if random.random() < 0.15:
            found |= {"padding": random.choice(("same", "valid")), "stride": 1}
        return found

    return drawn


def _transposed(rank: int) -> Any:
    convolved = _convolved(rank)

    def drawn(random: Random, inputs: Inputs) -> Arguments:
        found = {**convolved(random, inputs), "output_padding": 0}
        if isinstance(found.get("padding"), str):
            found["padding"] = 0
        if random.random() < 0.3:
            found |= {"stride": 2, "output_padding": 1}
        return found

    return drawn


def _adaptive(rank: int) -> Any:
    def drawn(random: Random, inputs: Inputs) -> Arguments:
        sizes = (1, 2, 3, 7) if rank == 3 else (1, 2, 3, 7, None)
        each = [random.choice(sizes) for _ in range(rank - 2)]
        return {"output_size": random.choice((each, random.choice((1, 2, 7))))}

    return drawn


def _unpooled(rank: int) -> Any:
    """Draw windows, and often a size near to what they make; now and then with N and C."""
    small = _small(rank)

    def drawn(random: Random, inputs: Inputs) -> Arguments:
        if random.random() < 0.7:
            return {"output_size": None, **small(random, inputs)}
        kernel, stride, padding = (random.choice(of) for of in ((2, 3), (1, 2, 3), (0, 0, 1)))
        usual = [(int(str(n)) - 1) * stride - 2 * padding + kernel for n in inputs[0].shape]
        size = [max(1, n + random.choice((-1, 0, 0, 0, 1))) for n in usual[2:]]
        size = size if random.random() < 0.8 else [1, 2, *size]
        said = {"kernel_size": kernel, "stride": stride, "padding": padding}
        return {**said, "output_size": size}

    return drawn


def _with_indices(rank: int) -> Any:
    def drawn(random: Random) -> Inputs:
        (x,) = _large(rank)(random)
        other = random.choice((x.shape, x.shape, x.shape, (*x.shape[:-1], 2)))
        dtype = "int64" if random.random() < 0.9 else "int32"
        return x, Tensor(other, dtype)

    return drawn


def _over_channels(random: Random, inputs: Inputs) -> Arguments:
    kernel = random.choice((1, 2, 3, "all"))
    alone = {"stride": None, "padding": 0} if kernel == "all" else {}
    return {"kernel_size": kernel, **alone}


def _channels(random: Random) -> Inputs:
    rank = random.choice((2, 3, 4, 4, 5))
    shape = (random.choice((1, 2)), random.choice(SIZES), *random.choices((1, 2, 3), k=3))
    return (Tensor(shape[:rank], random.choice((*("float32",) * 12, "int64"))),)


FITTING = {
    "max_channel_pool": Fitting(_channels, _over_channels),
    "avg_channel_pool": Fitting(_channels, _over_channels),
}
for _count in (1, 2, 3):
    _rank = _count + 2
    FITTING |= {
        f"conv{_count}d": Fitting(_large(_rank), _convolved(_rank)),
        f"conv_transpose{_count}d": Fitting(_large(_rank), _transposed(_rank)),
        f"max_pool{_count}d": Fitting(_large(_rank), _small(_rank)),
        f"avg_pool{_count}d": Fitting(_large(_rank), _small(_rank)),
        f"lp_pool{_count}d": Fitting(_large(_rank), _small(_rank)),
        f"adaptive_avg_pool{_count}d": Fitting(_large(_rank), _adaptive(_rank)),
        f"adaptive_max_pool{_count}d": Fitting(_large(_rank), _adaptive(_rank)),
        f"max_unpool{_count}d": Fitting(_with_indices(_rank), _unpooled(_rank)),
    }


def _unbatched(rank: int) -> Any:
    return lambda case: case.inputs[0].rank == rank - 1


def _undilated(case: Any) -> bool:
    dilation = case.given.get("dilation", 1)
    nothing = dilation == 0 or (isinstance(dilation, list) and 0 in dilation)
    return nothing or made_twice(case)


def _bordered(case: Any) -> bool:
    return made_twice(case) or case.given.get("padding_mode", "zeros") != "zeros"


def _all(case: Any) -> bool:
    return bool(case.given["kernel_size"] == "all")


_MADE = ("avg", "max")
_KINDS = ("conv", "conv_transpose", "max_pool", "avg_pool", "lp_pool", "max_unpool")

STRICTER: Known = {
    **{
        (f"{kind}{count}d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched(count + 2))
        for kind in _KINDS
        for count in (1, 2, 3)
    },
    # An average over whole maps (size 1) is to PyTorch one over the last two of any dimensions.
    **{
        (f"adaptive_{kind}_pool{count}d", "rank-mismatch"): Stricter(Rule.BATCH)
        for kind in ("avg", "max")
        for count in (1, 2, 3)
    },
    # A border that is no zeros is made before, and may be negative to PyTorch.
    **{(f"conv{count}d", "out_of_range"): Stricter(Rule.UNSEEN, _bordered) for count in (1, 2, 3)},
    # It is made by `nn.functional.pad`, which takes lists of other lengths.
    **{(f"conv{count}d", "window_length"): Stricter(Rule.FORM, _bordered) for count in (1, 2, 3)},
    # PyTorch does not look at the dilation of a single cell.
    **{
        (f"conv_transpose{count}d", "out_of_range"): Stricter(Rule.UNSEEN, _undilated)
        for count in (1, 2, 3)
    },
    **{(f"conv_transpose{count}d", "empty-tensor"): Stricter(Rule.CHANCE) for count in (1, 2, 3)},
    **{
        (f"adaptive_{kind}_pool{count}d", "out_of_range"): Stricter(Rule.EMPTY)
        for kind in ("avg", "max")
        for count in (1, 2, 3)
    },
    **{(f"avg_pool{count}d", "wrong-dtype"): Stricter(Rule.ROUNDED) for count in (1, 2, 3)},
    ("avg_channel_pool", "wrong-dtype"): Stricter(Rule.ROUNDED),
    **{(f"{kind}_channel_pool", "out_of_range"): Stricter(Rule.UNSEEN, _all) for kind in _MADE},
    **{
        (f"max_unpool{count}d", reason): Stricter(rule)
        for count in (1, 2, 3)
        for reason, rule in (
            *(("out_of_range", Rule.UNSEEN), ("window_length", Rule.UNSEEN)),
            ("empty-tensor", Rule.EMPTY),
        )
    },
    # A divisor is a number of values.
    **{(f"avg_pool{count}d", "greater_than_equal"): Stricter(Rule.FINITE) for count in (2, 3)},
}
