"""Single operations on a value: what is written, and what comes out."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from support.random_specs.scope import Scope
from support.random_specs.values import Value, after

Layer = dict[str, object]
Made = tuple[Layer | str, Value]
Maker = Callable[[Scope, Value], Made]

WORDS = ("relu", "gelu", "silu", "sigmoid", "hardswish", "tanh", "identity", "relu6", "elu")


def convolution(scope: Scope, value: Value) -> Made:
    """Draw a convolution that fits any size."""
    width = scope.width(value.known_width)
    layer: Layer = {"op": "conv2d", "out_channels": scope.written(width)}
    window, step = _window(scope)
    layer |= window
    if scope.chance.happens(0.3):
        layer["bias"] = scope.some("flag")
    if "padding" in layer and scope.chance.happens(0.15):
        layer["padding_mode"] = scope.some("mode")
    if scope.chance.may("init", 0.15):
        layer["init"] = scope.chance.pick(RULES)
    place = after(value.place, *step)
    return layer, replace(value, width=width, place=place, grown=_grown(value, width))


RULES: tuple[Mapping[str, object], ...] = (
    {"weight": 0},
    {"weight": {"normal": {"std": "1 / in_channels"}}},
    {"weight": {"kaiming_normal": {"mode": "fan_out", "nonlinearity": "relu"}}},
)


def _window(scope: Scope) -> tuple[Layer, tuple[object, ...]]:
    """Draw a window, and the step that it makes from place to place."""
    drawn = scope.chance.weighted(
        {"point": 3, "same": 4, "stride": 2, "flat": 1, "wide": 1, "k": 1, "size": 0.7}
    )
    if drawn == "size" and "size" in scope.chance.constructs:
        return {"kernel_size": scope.parameter("size"), "padding": "same"}, ()
    if drawn == "point":
        return {"kernel_size": 1}, ()
    if drawn == "flat":
        return {"kernel_size": [1, 3], "padding": [0, 1]}, ()
    if drawn == "wide":
        return {"kernel_size": 3, "padding": 2, "dilation": 2}, ()
    if drawn == "k":
        kernel = scope.parameter("kernel")
        return {"kernel_size": kernel, "padding": f"{kernel} // 2"}, ()
    padding: object = scope.chance.pick(["same", 1]) if drawn == "same" else 1
    window: Layer = {"kernel_size": 3, "padding": padding}
    if drawn == "same":
        return window, ()
    stride = scope.some("stride", (2,))
    return window | {"stride": stride}, ("stride", str(stride))


def depthwise(scope: Scope, value: Value) -> Made:
    """Draw a convolution of each channel by itself."""
    twice = scope.chance.happens(0.3)
    layer: Layer = {
        "op": "conv2d",
        "out_channels": "2 * in_channels" if twice else "in_channels",
        "kernel_size": 3,
        "padding": 1,
        "groups": "in_channels",
    }
    return layer, replace(value, width=None, grown=value.grown + 1) if twice else value


def activation(scope: Scope, value: Value) -> Made:
    """Draw an activation."""
    if scope.chance.happens(0.8):
        return in_place(scope, scope.chance.pick(WORDS)), value
    rate = scope.some("rate", (0.1, 0.01))
    layers: list[Layer] = [
        {"op": "dropout", "p": rate},
        {"op": "leaky_relu", "negative_slope": rate},
    ]
    return in_place(scope, scope.chance.pick(layers)), value


IN_PLACE = frozenset(["relu", "silu", "hardswish", "relu6", "elu", "dropout", "leaky_relu"])
"""The operations that may write over what they read."""


def in_place(scope: Scope, layer: Layer | str, literals: bool = False) -> Layer | str:
    """Let a layer say `inplace`, whoever else reads what it reads."""
    keys: Layer = {"op": layer} if isinstance(layer, str) else layer
    if keys["op"] not in IN_PLACE or not scope.chance.may("inplace", 0.4):
        return layer
    return keys | {"inplace": True if literals else scope.some("flag", (True,))}


def norm2d(scope: Scope, value: Value) -> Made:
    """Draw a normalisation of a map."""
    layers: list[Layer | str] = [
        "batch_norm2d",
        {"op": "batch_norm2d", "eps": 0.001, "momentum": 0.01},
        {"op": "layer_norm", "dim": 1},
        {"op": "group_norm", "num_groups": 1},
    ]
    return scope.chance.pick(layers), value


def pool(scope: Scope, value: Value) -> Made:
    """Draw a pooling that fits any size."""
    size = scope.chance.number(2, 4)
    stride = scope.some("stride", (1, 2))
    drawn = scope.chance.pick(["max_pool2d", "avg_pool2d", "adaptive"])
    if drawn == "adaptive":
        return _adaptive(scope, value, size)
    place = after(value.place, "stride", str(stride)) if stride != 1 else value.place
    layer = {"op": drawn, "kernel_size": 3, "stride": stride, "padding": 1}
    return layer, replace(value, place=place)


def _adaptive(scope: Scope, value: Value, size: int) -> Made:
    layer: Layer = {"op": "adaptive_avg_pool2d", "output_size": size}
    if not scope.chance.may("size", 0.3):
        return layer, replace(value, place=("size", size))
    name = scope.parameter("size")
    return layer | {"output_size": name}, replace(value, place=("sized", name))


def resized(scope: Scope, value: Value) -> Made:
    """Draw a map of a fixed size, or with a border."""
    if scope.chance.happens(0.5):
        layer: Layer = {"op": "pad", "pad": [1, 1, 0, 1], "mode": scope.chance.pick(PADDINGS)}
        return layer, replace(value, place=after(value.place, "pad"))
    return {"op": "interpolate", "size": [4, 5]}, replace(value, place=("size", "4, 5"))


PADDINGS = ("constant", "replicate")


def linear(scope: Scope, value: Value) -> Made:
    """Draw a linear layer."""
    width = scope.width(value.known_width)
    layer: Layer = {"op": "linear", "out_features": scope.written(width)}
    if scope.chance.happens(0.3):
        layer["bias"] = scope.some("flag")
    if scope.chance.may("init", 0.15):
        layer["init"] = {"weight": {"xavier_uniform": {"gain": "1 / in_features"}}}
    return layer, replace(value, width=width, grown=_grown(value, width))


def _grown(value: Value, width: str) -> int:
    return value.grown if "." in width else 0


def layer_norm(scope: Scope, value: Value) -> Made:
    """Draw a normalisation of the features."""
    layers: list[Layer | str] = ["layer_norm", {"op": "layer_norm", "eps": 1e-6}]
    return scope.chance.pick(layers), value


def attention(scope: Scope, value: Value) -> Made:
    """Draw self-attention."""
    return {"op": "multihead_attention", "num_heads": 1}, value


def softmax(scope: Scope, value: Value) -> Made:
    """Draw a softmax over the features."""
    return {"op": "softmax", "dim": -1}, value


def batch_norm1d(scope: Scope, value: Value) -> Made:
    """Draw a normalisation of a vector."""
    return "batch_norm1d", value


def embedding(scope: Scope, value: Value) -> Made:
    """Draw a table of as many rows as there may be tokens."""
    width = scope.width()
    layer: Layer = {"op": "embedding", "num_embeddings": 10, "embedding_dim": scope.written(width)}
    return layer, replace(value, kind="sequence", width=width)


BY_KIND: Mapping[str, Mapping[Maker, float]] = {
    "map": {convolution: 6, depthwise: 1, activation: 3, norm2d: 2, pool: 1, resized: 0.3},
    "sequence": {linear: 4, activation: 2, layer_norm: 2, attention: 1, softmax: 0.3},
    "vector": {linear: 4, activation: 2, batch_norm1d: 1, layer_norm: 0.5},
    "tokens": {embedding: 1},
}
"""The operations on each kind of value, and how often they come."""


def operation(scope: Scope, value: Value) -> Made:
    """Draw an operation on a value."""
    return scope.chance.weighted(dict(BY_KIND[value.kind]))(scope, value)


def plain(value: Value, width: str, scope: Scope) -> Made:
    """Bring a value to a width, and change nothing else."""
    number = scope.written(width)
    if value.kind == "map":
        layer: Layer = {"op": "conv2d", "out_channels": number, "kernel_size": 1}
    else:
        layer = {"op": "linear", "out_features": number}
    return layer, replace(value, width=width, grown=0)
