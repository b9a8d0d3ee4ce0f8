"""Say how repetitions are called one by one, where they are no `nn.Sequential`."""

from dataclasses import dataclass

from archspec.emit.code import variable
from archspec.emit.forward.functions import FunctionWriter, places
from archspec.emit.forward.step import Caller, Loop, Step
from archspec.emit.naming.names import Names
from archspec.emit.slots import CannotSay, Use, module_of
from archspec.emit.written import Call, Module
from archspec.graph import Leaf, Node, Port
from archspec.operations import FunctionOperation, ModuleOperation


@dataclass(frozen=True, slots=True)
class RepetitionWriter:
    """Writes loops over repetitions as steps of `forward`."""

    names: Names
    functions: FunctionWriter
    caller: Caller

    def loop(self, name: str, uses: tuple[Use, ...], node: Call, reads: tuple[Port, ...]) -> Step:
        """Say how repetitions are called one by one."""
        module = node.module
        first = module.nodes[0]
        state = min(len(first.outputs), len(first.reads))
        if any(len(item.outputs) != len(first.outputs) for item in module.nodes):
            raise CannotSay("repetitions give different numbers of values")
        if len(first.outputs) > len(first.reads):
            raise CannotSay("repetitions give more values than they take")
        call, over, target = self.repetition(name, uses, first)
        inputs = list(module.inputs)
        beside = self.beside(module, reads, state)
        others = () if beside else first.reads[state:]
        same = (reads[inputs.index(port.name)] for port in others)
        packing = first.module.packing if isinstance(first, Call) else ""
        nested = packing == "list" and len(first.outputs) == 1
        loop = Loop(over, target, state, beside, bool(module.taps), nested)
        labels = first.module.labels if isinstance(first, Call) and packing == "names" else ()
        reads = (*reads[:state], *same)
        return Step(name, reads, call, True, len(node.outputs), labels, loop=loop)

    def repetition(self, name: str, uses: tuple[Use, ...], first: Node) -> tuple[str, str, str]:
        """Write the call of one repetition, what the loop runs over, and its variable."""
        if isinstance(first, Leaf) and isinstance(first.operation, FunctionOperation):
            return self.function(uses, first), self.numbers(uses), "_"
        read, target = places(len(first.reads)), self.target()
        if isinstance(first, Leaf):
            every = tuple(node for use in uses for node in module_of(use).nodes)
            return module_call(every, target), self.caller.attribute(name), target
        return f"{target}({', '.join(read)})", self.caller.attribute(name), target

    def target(self) -> str:
        """Name the variable of a loop: no layer and no input of the class has its name."""
        module = self.names.module
        taken = {*map(variable, module.by_name), *map(variable, module.inputs)}
        free = (f"layer{'_' * number}" for number in range(len(taken) + 1))
        return next(name for name in free if name not in taken)

    def function(self, uses: tuple[Use, ...], first: Node) -> str:
        """Write the call of a function that is repeated."""
        if self.differs(uses):
            raise CannotSay("a function is repeated with other arguments")
        inner = tuple(Use(use.trace, (*use.path, "0"), module_of(use).nodes[0]) for use in uses)
        call, every = self.functions.call(inner, tuple(Port("") for _ in first.reads))
        if len(every) != 1 and len(every) != len(first.reads):
            raise CannotSay("a repeated function asks for sizes")
        return call

    def numbers(self, uses: tuple[Use, ...]) -> str:
        """Write the numbers of repetitions; how many there are is kept, to be at hand."""
        layer = uses[0].node.origin.layer
        assert layer is not None
        count = self.names.raw(layer.repeat, [(use.trace, use.context) for use in uses])
        if count.isidentifier():
            count = self.names.keep(count)
        elif not count.isdigit() and not count.startswith("self."):
            count = self.names.keep(count, "repeat")
        return f"range({count})"

    def differs(self, uses: tuple[Use, ...]) -> bool:
        """Say whether the repetitions of a function are applied with different arguments."""
        return any(
            isinstance(use.node, Call)
            and len({repr(n.given) for n in use.node.module.nodes if isinstance(n, Leaf)}) > 1
            for use in uses
        )

    def beside(
        self, module: Module, reads: tuple[Port, ...], state: int
    ) -> tuple[tuple[Port, ...], ...]:
        """Give, for each value beside the state that differs, what each repetition reads."""
        inputs = list(module.inputs)
        columns = [
            tuple(node.reads[slot] for node in module.nodes)
            for slot in range(state, len(module.nodes[0].reads))
        ]
        if all(len(set(column)) == 1 for column in columns):
            return ()
        return tuple(tuple(reads[inputs.index(port.name)] for port in column) for column in columns)


def module_call(nodes: tuple[Node, ...], module: str) -> str:
    """Write the call of a module, which is the same wherever it stands."""
    calls = set()
    for node in nodes:
        assert isinstance(node, Leaf) and isinstance(node.operation, ModuleOperation)
        calls.add(node.operation.call(module, places(len(node.reads))))
    if len(calls) != 1:
        raise CannotSay("a layer is called in different ways")
    return calls.pop()
