"""Modules that resample."""

from random import Random

from support.operations.fitting.kinds import Arguments, Fitting, Inputs
from support.operations.stricter import Known, Rule, Stricter


def _resized(random: Random, inputs: Inputs) -> Arguments:
    """Give either a size or a factor, and a mode that fits the rank."""
    (x, *_) = inputs
    smooth = {3: ("linear",), 4: ("bilinear", "bicubic"), 5: ("trilinear",)}.get(x.rank, ())
    mode = random.choice(("nearest", *smooth))
    aligned = random.choice((None, True, False)) if mode in smooth else None
    again = random.choice((None, True, False))
    factor = {"size": None, "scale_factor": random.choice((2.0, 0.5, 1.7))}
    size = {"size": random.choice((2, 3, 5)), "scale_factor": None}
    chosen = {**factor, "recompute_scale_factor": again} if random.random() < 0.6 else size
    plain: Arguments = {"recompute_scale_factor": None}
    return {**plain, "mode": mode, "align_corners": aligned, **chosen}


FITTING = {"upsample": Fitting(arguments=_resized)}

STRICTER: Known = {
    # Beside a size PyTorch takes a factor of 0 for none.
    ("upsample", "out_of_range"): Stricter(Rule.UNSEEN, lambda case: case.given["size"] is not None)
}
