"""What the `state_dict` of a checked network will hold, before anything is built."""

from archspec.graph import Network, instances, key_of

Shapes = list[tuple[str, tuple[int, ...]]]


def keys(network: Network) -> Shapes:
    """List what the `state_dict` will hold, in its order, with shapes."""
    return [
        (key_of(path, name), shape)
        for path, leaf in instances(network.model)
        for name, shape in leaf.state.items()
    ]


def weights(network: Network) -> dict[str, tuple[int, ...]]:
    return {
        key_of(path, name): shape
        for path, leaf in instances(network.model)
        for name, shape in leaf.weights.items()
    }
