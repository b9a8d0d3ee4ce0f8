"""What parameters are for: their values, types and names."""

DEFAULTS: dict[str, tuple[object, ...]] = {
    "width": (2, 3, 4, 6, 8),
    "count": (0, 1, 2, 2, 3),
    "depth": (1, 2, 3),
    "stride": (1, 1, 2),
    "kernel": (1, 3),
    "flag": (True, False),
    "rate": (0.0, 0.25, 0.5),
    "factor": (0.5, 1.0, 1.5, 2.0),
    "mode": ("zeros", "replicate", "circular"),
    "choice": ("none", "some", "all"),
    "widths": ([4, 6], [8, 2], [3, 3]),
    "depths": ([1, 2], [2, 1], [2, 2], [1, 0]),
    "size": (3, [1, 3], [3, 1]),
    "side": (8, 9, 12),
}
"""What a parameter in each role may be, and be set to."""

TYPES = {"flag": "bool", "rate": "float", "factor": "float", "mode": "str", "choice": "str"} | {
    "widths": "list",
    "depths": "list",
    "size": "size",
}
"""The types of roles that are no whole numbers."""

NAMES = {
    "width": ("planes", "width", "hidden", "growth", "dim", "out", "base"),
    "count": ("repeats", "times", "blocks_in"),
    "depth": ("depth", "levels"),
    "stride": ("stride", "step"),
    "kernel": ("kernel", "k"),
    "flag": ("flag", "use_bias", "residual"),
    "rate": ("rate", "drop"),
    "factor": ("factor", "multiplier"),
    "mode": ("mode", "border"),
    "choice": ("choice", "shortcut"),
    "widths": ("widths",),
    "depths": ("depths",),
    "size": ("size",),
    "side": ("resolution", "side"),
    "layer": ("activation", "act", "activate"),
}
"""What a parameter in each role may be called."""
