"""Run the operations' own shape rules with symbols, to see where each size comes from.

In one specialisation of a class every size becomes a polynomial over the class's names (`planes`,
`model:groups`), the sizes that it receives (`input.1`) and the repetition at hand (`index@1=2`, in
the first loop the one numbered 2). What cannot be said so is a symbol of its own: `=n` for an
expression that Python can say, `#n` for a bare number, each with the names on which it depends.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archspec.emit.lift import shape_of, tensor_size
from archspec.emit.written import Module
from archspec.expressions import Expression, parse
from archspec.graph import Kind, Node
from archspec.sizes import Size, Tensor, substitute, symbol, symbols_of

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What the keys of a layer may mention: the body's names, and tensors by symbolic sizes.

    `indices` are the numbers of the repetitions around, the outermost first, and `outer` is the
    context of the body around, in the same class.
    """

    module: Module
    tensors: Mapping[str, Tensor]
    indices: tuple[int, ...] = ()
    outer: "Context | None" = None

    @property
    def index(self) -> int | None:
        """The number of the nearest repetition."""
        return self.indices[-1] if self.indices else None

    @property
    def level(self) -> int:
        """In how many loops the layer stands."""
        return len(self.indices)

    def symbol_of(self, name: str) -> str:
        """Say by which symbol a class knows a name."""
        own = name in self.module.owned or name == "index"
        return name if own else f"{self.module.space}:{name}"


def index_symbol(level: int, index: int) -> str:
    """Name the number of a repetition in a loop.

    >>> index_symbol(1, 0)
    'index@1=0'
    """
    return f"index@{level}={index}"


@dataclass(frozen=True, slots=True)
class Traced:
    """A node with the symbolic tensors that it reads and gives, and the context of its keys."""

    node: Node
    inputs: tuple[Tensor, ...]
    context: Context
    inferred: Mapping[str, Size] = field(default_factory=dict)
    outputs: tuple[Tensor, ...] = ()


@dataclass(slots=True, eq=False)
class Trace:
    """One specialisation: what each node reads, and what every symbol stands for in it.

    `growing` are the paths of the chains that may as well have no repetition, `regular` of those
    of which each repetition adds the same. `unsure` are the sizes that come out and that conditions
    make different in other uses, by the number of the output and of the dimension, with the names
    on which those conditions depend.
    """

    module: Module
    values: dict[str, Size] = field(default_factory=dict)
    depends: dict[str, frozenset[str]] = field(default_factory=dict)
    expressions: dict[str, tuple[Expression, Context]] = field(default_factory=dict)
    definitions: dict[str, Size] = field(default_factory=dict)
    nodes: dict[Names, Traced] = field(default_factory=dict)
    bodies: dict[Names, Context] = field(default_factory=dict)
    growing: set[Names] = field(default_factory=set)
    regular: set[Names] = field(default_factory=set)
    outputs: tuple[Tensor, ...] = ()
    unsure: dict[tuple[int, int], frozenset[str]] = field(default_factory=dict)

    def actual(self, size: Size) -> Size:
        """Give what a symbolic size is in this specialisation."""
        return substitute(size, self.values)

    def shown(self, name: str) -> str:
        """Show the value of a symbol of the class here, to be compared with other uses."""
        found = self.values.get(name, self.module.scope.get(name.rpartition(":")[2]))
        return repr(found)

    def dependence(self, size: Size) -> frozenset[str]:
        """Name the class's own symbols on which a size depends."""
        found: frozenset[str] = frozenset()
        for name in symbols_of(size):
            found |= self.depends.get(name, frozenset([name]))
        return frozenset(name for name in found if not name.startswith("index@"))

    def mentioned(self, expression: Expression, context: Context) -> frozenset[str]:
        """Name the symbols on which an expression depends."""
        found: frozenset[str] = frozenset()
        seen: set[ast.AST] = set()  # `x.shape` in `x.shape[2]` asks for that size alone
        for node in ast.walk(expression.tree):
            size = tensor_size(node, context.tensors) if isinstance(node, ast.expr) else None
            seen |= {node.value} if size is not None and isinstance(node, ast.Subscript) else set()
            sizes = () if node in seen else shape_of(node, context.tensors)
            for item in (size,) if size is not None else sizes:
                found |= self.dependence(item)
        names = expression.names & context.module.scope.keys()
        if context.index is not None:
            names -= {"index"}
        for name in names:
            inner = self.let_of(context, name)
            own = frozenset([context.symbol_of(name)])
            found |= own if inner is None else self.mentioned(*inner)
        return found

    def is_own(self, context: Context) -> bool:
        """Say whether a body is the class's own, in any of its uses, or a model's."""
        module = context.module
        return module.is_model or (module.path, module.space) == (
            self.module.path,
            self.module.space,
        )

    def let_of(self, context: Context, name: str) -> tuple[Expression, Context] | None:
        """Find the expression of a `let` name of a group that is written in its place, and where.

        It is the group at hand or one around it.
        """
        here: Context | None = context
        while here is not None and here.module.kind is not Kind.BLOCK and not self.is_own(here):
            raw = here.module.definition.let.get(name) if here.module.definition else None
            if raw is not None:
                # What its layers repeat does not reach the group: `index` is that of the group.
                around = here.outer.indices if here.outer is not None else ()
                return (parse(raw), replace(here, indices=around)) if isinstance(raw, str) else None
            here = here.outer
        return None


def symbolic_inputs(module: Module) -> dict[str, Tensor]:
    """Make a symbol of every size that a module receives.

    The batch and other free sizes stay as they are.
    """
    return {
        name: tensor.reshaped(
            *(
                symbol(f"{name}.{index}") if isinstance(size, int) else size
                for index, size in enumerate(tensor.shape)
            )
        )
        for name, tensor in module.inputs.items()
    }
