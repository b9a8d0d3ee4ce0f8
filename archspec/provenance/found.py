"""Find a layer by its path of names, and the bodies around it."""

from dataclasses import dataclass

from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Port, repetitions


class NoSuchLayer(LookupError):
    """No layer has this path; `known` are those of the body where the path ends."""

    def __init__(self, path: str, known: tuple[str, ...]) -> None:
        self.path = path
        self.known = known
        super().__init__(f"there is no layer `{path}`")


@dataclass(frozen=True, eq=False)
class Body:
    """A body in its instance: its module, the call of it, and the body around.

    `index` is the repetition in which it is, `path` what the names of its layers begin with.
    """

    module: Module
    call: Call | None = None
    around: "Body | None" = None
    index: int | None = None
    path: str = ""

    def inside(self, call: Call, name: str) -> "Body":
        """Go into a body that is called here, under the name of the repetition."""
        counted = self.module.kind is Kind.CHAIN and name.isdigit()
        index = int(name) if counted else None
        return Body(call.module, call, self, index, f"{self.path}{name}.")


@dataclass(frozen=True, eq=False)
class Value:
    """One value in one instance: the layer that gives it, or the body that receives it."""

    body: Body
    port: Port
    name: str = ""

    @property
    def node(self) -> Node | None:
        """The layer, or `None` for an input of the body."""
        return self.body.module.by_name.get(self.port.name)

    @property
    def path(self) -> str:
        """How the layer is called in the `state_dict`; an input has its name."""
        return f"{self.body.path}{self.name or self.port.name}"


def find(network: Network, path: str) -> Value:
    """Find the first value of a layer; raise `NoSuchLayer` with those that there are."""
    body, names = Body(network.model), path.split(".")
    for number, name in enumerate(names):
        node = next((n for n in body.module.nodes if name in (*repetitions(n), n.name)), None)
        if node is None and name in body.module.inputs and number == len(names) - 1:
            return Value(body, Port(name))
        if node is None:
            raise NoSuchLayer(path, _known(body))
        if number == len(names) - 1:
            return Value(body, Port(node.name), name)
        if not isinstance(node, Call):
            raise NoSuchLayer(path, ())
        body = body.inside(node, name)
    raise NoSuchLayer(path, _known(body))


def _known(body: Body) -> tuple[str, ...]:
    return tuple(f"{body.path}{name}" for node in body.module.nodes for name in repetitions(node))


def maker(value: Value) -> Value:
    """Follow a value to the operation that makes it, or to the input of the network."""
    while True:
        node = value.node
        if isinstance(node, Leaf):
            return value
        if isinstance(node, Call):
            inner = value.body.inside(node, value.name or _last(node))
            port = node.module.results[value.port.index]
            made = node.module.by_name.get(port.name)
            value = Value(inner, port, _last(made) if made is not None else "")
            continue
        outer = _received(value)
        if outer is None:
            return value
        value = outer


def _received(value: Value) -> Value | None:
    """Give what an input of a body is in the body around."""
    body = value.body
    if body.around is None or body.call is None:
        return None
    slot = list(body.module.inputs).index(value.port.name)
    return source(Value(body.around, Port(body.call.name), _name(body)), slot)


def _name(body: Body) -> str:
    return body.path.rstrip(".").rpartition(".")[2]


def source(value: Value, slot: int) -> Value:
    """Give the value that a layer reads in a place, in its repetition."""
    node = value.node
    assert node is not None
    names = list(repetitions(node))
    name = value.name or names[-1]
    taken = min(len(node.inputs), len(node.outputs))
    if name in names[1:] and slot < taken:  # a repetition reads the one before it
        return Value(value.body, Port(node.name, slot), names[names.index(name) - 1])
    port = node.reads[slot]
    made = value.body.module.by_name.get(port.name)
    return Value(value.body, port, _last(made) if made is not None else "")


def _last(node: Node | None) -> str:
    """Name the last repetition for which a node stands."""
    return "" if node is None else list(repetitions(node))[-1]
