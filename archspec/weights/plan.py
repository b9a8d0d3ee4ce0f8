"""What becomes of each weight when a network grows: copied, widened, new, or 0 at first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from archspec.analysis.why import outputs_with
from archspec.graph import Call, Leaf, Module, Network, Node, Port, key_of
from archspec.operations import ElementwiseOperation
from archspec.weights.copies import Axes, CannotGrow, Copies, Flow, factor, neighbours, same
from archspec.weights.identity import Key, Step, results_of, steps_by_key, zeros_of


@dataclass(frozen=True, slots=True)
class Taken:
    """The weight under `key` of the narrow network, with copies along its dimensions.

    `shared` is the dimension over which the layer sums, along which copies share one number.
    """

    key: str
    axes: Axes
    shared: int | None = None

    @property
    def grows(self) -> bool:
        """Whether any dimension is larger than it was."""
        return any(copies is not None for copies in self.axes)


@dataclass(frozen=True, slots=True)
class Compared:
    """A module that both networks have, and of what the deep one's values hold copies."""

    deep: str
    shallow: str
    axes: tuple[Axes, ...]


@dataclass(slots=True)
class Plan:
    """Where the deep network's weights come from, by their keys.

    `taken` are those that the shallow network has; `zeros` are 0 at first. All others stay as they
    are initialised. `added` are the layers that begin as the identity, and `compared` the modules
    whose values must be the same, in the order in which they run.
    """

    taken: dict[str, Taken] = field(default_factory=dict)
    zeros: set[str] = field(default_factory=set)
    added: list[str] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)

    @property
    def widened(self) -> list[str]:
        """The keys whose tensors have become larger."""
        return [key for key, source in self.taken.items() if source.grows]


def plan_growth(shallow: Network, deep: Network) -> Plan:
    """Find what a deep network takes from a shallow one, or raise `CannotGrow` with the reason."""
    small, large = shallow.model, deep.model
    if dict(small.inputs) != dict(large.inputs):
        raise CannotGrow(f"reads {_named(large)}, and the shallow network {_named(small)}")
    if small.outputs != large.outputs or small.labels != large.labels:
        raise CannotGrow(f"gives {_given(large)}, and the shallow network {_given(small)}")
    plan = Plan()
    read = tuple(map(same, large.inputs.values()))
    axes = _Bodies(small, large, "", "", plan).match(read)
    if any(copies is not None for axis in axes for copies in axis):
        raise CannotGrow("gives results that hold copies")
    return plan


@dataclass(frozen=True, slots=True)
class _Bodies:
    """A body of the shallow network and its counterpart, and the paths at which they stand."""

    shallow: Module
    deep: Module
    shallow_prefix: str
    deep_prefix: str
    plan: Plan

    def match(self, read: tuple[Axes, ...]) -> tuple[Axes, ...]:
        """Plan for all layers; give the axes of what the body gives for those that it reads."""
        before, after = steps_by_key(self.shallow), steps_by_key(self.deep)
        self._check_all_are_there(before, after)
        axes: dict[Port, Axes] = dict(zip(map(Port, self.deep.inputs), read, strict=True))
        names = dict(zip(map(Port, self.deep.inputs), map(Port, self.shallow.inputs), strict=True))
        for key, step in after.items():
            try:
                self._step(step, before.get(key), axes, names)
            except CannotGrow as failure:
                raise failure.at(f"{self.deep_prefix}{step.name}") from None
        results = results_of(self.deep)
        if tuple(names[port] for port in results) != results_of(self.shallow):
            raise CannotGrow("gives another layer's value than in the shallow network")
        return tuple(axes[port] for port in results)

    def _check_all_are_there(self, before: Mapping[Key, Step], after: Mapping[Key, Step]) -> None:
        missing = [step.name for key, step in before.items() if key not in after]
        if missing:
            path = f"{self.shallow_prefix}{missing[0]}"
            raise CannotGrow("is in the shallow network only", f"`{path}`")

    def _step(
        self, step: Step, counterpart: Step | None, axes: dict[Port, Axes], names: dict[Port, Port]
    ) -> None:
        if counterpart is None:
            self.plan.zeros |= zeros_of(step, self.deep_prefix)
            self.plan.added.append(f"{self.deep_prefix}{step.name}")
            (port,) = step.gives
            axes[port], names[port] = axes[step.reads[0]], names[step.reads[0]]
            return
        self._check_reads(step, counterpart, names)
        read = tuple(axes[port] for port in step.reads)
        gives = self._both(step, counterpart, read)
        axes |= zip(step.gives, gives, strict=True)
        names |= zip(step.gives, counterpart.gives, strict=True)

    def _check_reads(self, step: Step, counterpart: Step, names: Mapping[Port, Port]) -> None:
        if tuple(names[port] for port in step.reads) != counterpart.reads:
            ours = ", ".join(f"`{port.name}`" for port in step.reads)
            theirs = ", ".join(f"`{port.name}`" for port in counterpart.reads)
            raise CannotGrow(f"reads {ours}, and {theirs} in the shallow network")

    def _both(self, step: Step, counterpart: Step, read: tuple[Axes, ...]) -> tuple[Axes, ...]:
        """Go into two bodies, or take the weights of an operation."""
        path = f"{self.deep_prefix}{step.owner}"
        shallow_path = f"{self.shallow_prefix}{counterpart.owner}"
        wide, narrow = step.node, counterpart.node
        if isinstance(wide, Call) and isinstance(narrow, Call):
            inner = _Bodies(narrow.module, wide.module, f"{shallow_path}.", f"{path}.", self.plan)
            gives = inner.match(read)
        elif isinstance(wide, Leaf) and isinstance(narrow, Leaf):
            gives = self._leaf(path, shallow_path, wide, narrow, read)
        else:
            raise CannotGrow(f"is {_kind(wide)}, and {_kind(narrow)} in the shallow network")
        self.plan.compared.append(Compared(path, shallow_path, gives))
        return gives

    def _leaf(
        self, path: str, shallow_path: str, wide: Leaf, narrow: Leaf, read: tuple[Axes, ...]
    ) -> tuple[Axes, ...]:
        check_alike(narrow, wide)
        flow = Flow(narrow, wide, read)
        for name, source in taken(flow):
            key = key_of(path, name)
            self.plan.taken[key] = replace(source, key=key_of(shallow_path, name))
        return flow.gives(sums(wide))


def _kind(node: Node) -> str:
    return f"`{node.operation.op()}`" if isinstance(node, Leaf) else "a body of layers"


def _named(module: Module) -> str:
    return ", ".join(f"`{name}` {tensor}" for name, tensor in module.inputs.items())


def _given(module: Module) -> str:
    labels = module.labels or ("",) * len(module.outputs)
    pairs = zip(labels, module.outputs, strict=True)
    return ", ".join(f"`{name}` {tensor}" if name else str(tensor) for name, tensor in pairs)


def check_alike(narrow: Leaf, wide: Leaf) -> None:
    """Raise `CannotGrow` unless one operation is the other, only wider.

    What passes on its input in evaluation may drop more or less of it in training.
    """
    ours, theirs = wide.operation, narrow.operation
    if type(ours) is not type(theirs):
        raise CannotGrow(f"is `{ours.op()}`, and `{theirs.op()}` in the shallow network")
    if list(wide.state) != list(narrow.state) or len(wide.outputs) != len(narrow.outputs):
        raise CannotGrow(f"has {_listed(wide)}, and in the shallow network {_listed(narrow)}")
    for name in () if ours.passes_on else type(ours).model_fields:
        new, old = getattr(ours, name), getattr(theirs, name)
        if new != old and not _is_a_width(wide, name, old):
            raise CannotGrow(f"has `{name}: {_text(new)}`, and {_text(old)} in the shallow network")


def _is_a_width(wide: Leaf, name: str, old: object) -> bool:
    """Say whether the old value of an argument gives other channels, or cannot be any more.

    The channels of a weight are its first two dimensions; a kernel's size stands behind them.
    """
    gives = outputs_with(wide, {name: old}, wide.inputs)
    if not wide.weights or gives is None:
        return gives != wide.outputs
    before = wide.operation.model_copy(update={name: old}).weights(wide.inferred)
    return any(before[key][:2] != shape[:2] for key, shape in wide.weights.items())


def _listed(leaf: Leaf) -> str:
    return ", ".join(f"`{name}`" for name in leaf.state) or "no weights"


def _text(value: object) -> str:
    """Write a value as a spec does.

    >>> _text((3, 3)), _text(True)
    ('3', 'true')
    """
    if isinstance(value, tuple | list):
        texts = [_text(item) for item in value]
        return texts[0] if len(set(texts)) == 1 else f"[{', '.join(texts)}]"
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


# The outputs of a widened layer are copies of the narrow one's, and so are its weights. Whoever
# sums over copies divides its weights among them, so that the sum stays what it was (Chen et al.,
# 2016, "Net2Net", section 3.1). How they are divided is drawn: equal shares would let all copies
# learn the same for ever.


def sums(wide: Leaf) -> bool:
    """Say whether a layer sums over what it reads, as a convolution does, and a norm does not."""
    return bool(wide.weights) and not isinstance(wide.operation, ElementwiseOperation)


def taken(flow: Flow) -> Iterator[tuple[str, Taken]]:
    """Give for each tensor of a layer how it is made of the narrow layer's."""
    for name, shape in flow.wide.state.items():
        try:
            yield name, _taken(name, flow)
        except CannotGrow as failure:
            old, new = ("×".join(map(str, sizes)) for sizes in (flow.narrow.state[name], shape))
            raise CannotGrow(f"has a `{name}` of {new} for {old}: {failure.reason}") from None


def _taken(name: str, flow: Flow) -> Taken:
    """Give the copies along each dimension of a tensor, and over which of them the layer sums."""
    old, new = (leaf.state[name] for leaf in (flow.narrow, flow.wide))
    reads = _dims_that_read(name, flow.wide)
    grown = [dim for dim in reads if old[dim] != new[dim]]
    if old != new and flow.wide.operation.made_of():
        raise CannotGrow("its weight is computed, and copies in it would count otherwise")
    if len(grown) > 1:
        raise CannotGrow("what becomes of copies in it is not known")
    pairs = enumerate(zip(old, new, strict=True))
    axes = tuple(_copies(flow, *sizes, dim in reads) for dim, sizes in pairs)
    return Taken(name, axes, grown[0] if grown and sums(flow.wide) else None)


def _copies(flow: Flow, old: int, new: int, reads: bool) -> Copies | None:
    if old == new:
        return None
    if new < old:
        raise CannotGrow("a network can only become wider")
    if reads:
        return _copies_read(flow, old, new)
    both = zip(flow.narrow.outputs, flow.wide.outputs, strict=True)
    sizes = (pair for one, other in both for pair in zip(one.shape, other.shape, strict=True))
    if Fraction(new, old) not in map(factor, sizes):
        raise CannotGrow("it is not channels that have grown")
    return neighbours(old, new)


def _copies_read(flow: Flow, old: int, new: int) -> Copies:
    """Give the copies among the channels that one kernel sees, which are those of its group."""
    for sizes, copies in flow.grown():
        if sizes == (old, new):
            return copies
    if Fraction(new, old) not in (factor(sizes) for sizes, _ in flow.grown()):
        raise CannotGrow("what it reads has not grown so")
    return neighbours(old, new)


def _dims_that_read(name: str, leaf: Leaf) -> frozenset[int]:
    """Name the dimensions of a tensor whose sizes follow from what the layer reads."""
    doubled = {key: 2 * size for key, size in leaf.inferred.items()}
    other = {**leaf.operation.weights(doubled), **leaf.operation.buffers(doubled)}[name]
    return frozenset(dim for dim, size in enumerate(leaf.state[name]) if other[dim] != size)
