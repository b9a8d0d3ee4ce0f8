"""What becomes of each weight when a network grows: copied, widened, new, or 0 at first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archspec.graph import Call, Leaf, Module, Network, Node, Port, key_of
from archspec.growth.alike import check_alike
from archspec.growth.copies import Axes, Flow, same
from archspec.growth.failure import CannotGrow
from archspec.growth.identity import zeros_of
from archspec.growth.steps import Key, Step, keyed, results_of
from archspec.growth.taking import Taken, sums, taken


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
    found = Plan()
    read = tuple(map(same, large.inputs.values()))
    axes = _Bodies(small, large, "", "", found).match(read)
    if any(copies is not None for axis in axes for copies in axis):
        raise CannotGrow("gives results that hold copies")
    return found


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
        before, after = keyed(self.shallow), keyed(self.deep)
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
        path, shallow_path = self._paths(step, counterpart)
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

    def _paths(self, step: Step, counterpart: Step) -> tuple[str, str]:
        return f"{self.deep_prefix}{step.owner}", f"{self.shallow_prefix}{counterpart.owner}"

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
