"""Specs written for planting: several blocks, none of which depends on what another one gives."""

from random import Random

NAME = "net.yaml"

STEM = "stem"
"""The layer that all others read; what it gives must be known."""

MISMATCHES: dict[tuple[str | int, str], str] = {
    ("out_channels", "16"): "24",
    ("groups", "4"): "5",
    ("num_groups", "8"): "7",
}
"""Numbers in the blocks below which, changed like this, no longer fit the channels."""

_RESIDUAL = """
      conv1: {op: conv2d, out_channels: input.channels, kernel_size: 3, padding: 1, bias: false}
      bn1: {op: batch_norm2d, eps: 1e-3}
      relu1: relu
      conv2: {op: conv2d, out_channels: 16, kernel_size: 3, padding: 1, bias: false}
      add: {op: add, from: [conv2, input]}
      relu: relu
"""
_GROUPED = """
      conv: {op: conv2d, out_channels: input.channels, kernel_size: 3, padding: 1, groups: 4}
      norm: {op: group_norm, num_groups: 8}
      act: {op: leaky_relu, negative_slope: 0.1}
"""
_BRANCHES = """
      left: {op: conv2d, from: input, out_channels: 8, kernel_size: 1}
      right: {op: conv2d, from: input, out_channels: 8, kernel_size: 3, padding: 1}
      cat: {op: cat, from: [left, right], dim: 1}
      pool: {op: max_pool2d, kernel_size: 3, stride: 1, padding: 1}
"""
_GATED = """
      squeeze: {op: adaptive_avg_pool2d, output_size: 1}
      down: {op: conv2d, out_channels: 4, kernel_size: 1}
      relu: relu
      up: {op: conv2d, out_channels: 16, kernel_size: 1}
      mul: {op: mul, from: [up, input]}
      gate: sigmoid
"""
_BODIES = (_RESIDUAL, _GROUPED, _BRANCHES, _GATED)


def written(random: Random) -> str:
    """Write a spec of two to six blocks that stand beside each other, on the 16 channels of a stem.

    None reads what another one gives, so that no mistake hides behind that of another block.
    """
    count = random.randint(2, 6)
    blocks = [f"  block{number}:\n    layers:{random.choice(_BODIES)}" for number in range(count)]
    calls = [f"  call{number}: {{block: block{number}, from: stem}}\n" for number in range(count)]
    names = ", ".join(f"call{number}" for number in range(count))
    return (
        "archspec: 1\nname: Planted\ninput: [N, 3, 32, 32]\n"
        f"blocks:\n{''.join(blocks)}layers:\n"
        f"  {STEM}: {{op: conv2d, out_channels: 16, kernel_size: 3, padding: 1}}\n"
        f"{''.join(calls)}"
        f"  join: {{op: cat, from: [{names}], dim: 1}}\n"
        "  pool: {op: adaptive_avg_pool2d, output_size: 1}\n"
        "  flatten: flatten\n  fc: {op: linear, out_features: 10}\n"
    )
