"""Trace a class's module: its layers in order, with symbols for what the caller may choose."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from archspec.diagnostics import Problem
from archspec.dimensions import Polynomial, Size, Truth, substitute, symbol, symbols_of
from archspec.emit.growth import Growth, growth_of
from archspec.emit.lift import Lookup, NotPolynomial, lift, tensor_size
from archspec.emit.specialisations import is_class, nodes_of
from archspec.emit.trace import Context, Names, Trace, Traced, index_symbol, splice_name
from archspec.expressions import Expression, parse
from archspec.graph import Call, Kind, Leaf, Module, Node, Port, Splice, repetitions
from archspec.spec import Spec
from archspec.tensors import Tensor


def trace(module: Module, inputs: Mapping[str, Tensor], known: dict[int, Trace]) -> Trace:
    """Trace a class's module; `inputs` are symbolic where the caller may choose them.

    `known` holds the traces of the modules that are called, by identity.
    """
    tracer = Tracer(Trace(module), known)
    for name, tensor in inputs.items():
        actual = module.inputs[name]
        tracer.learn(zip(tensor.shape, actual.shape, strict=True))
    context = Context(module, inputs)
    tracer.define(context)
    if module.kind is Kind.MODEL:
        inputs = tracer.given(module, context)
    tracer.trace.outputs = tracer.body(module, inputs, ())
    return tracer.trace


@dataclass(slots=True)
class Tracer:
    """Fills a trace, body by body."""

    trace: Trace
    known: dict[int, Trace]
    around: list[Names] = field(default_factory=list)

    def scratch(self) -> "Tracer":
        """Give a tracer of the same class, whose trace nobody reads."""
        trace = self.trace
        copies = Trace(
            trace.module, dict(trace.values), dict(trace.depends), dict(trace.expressions)
        )
        copies.nodes = dict(trace.nodes)
        return Tracer(copies, self.known, list(self.around))

    def learn(self, pairs: "zip[tuple[Size, Size]]") -> None:
        """Remember what symbols stand for."""
        for size, actual in pairs:
            if isinstance(size, Polynomial) and size != actual:
                self.trace.values[str(size)] = actual

    def define(self, context: Context) -> None:
        """Learn the values of the names in scope, and what the `let` names are made of."""
        for name, value in context.module.scope.items():
            if type(value) is int:
                self.trace.values[context.symbol_of(name)] = value
        definition = context.module.definition
        for name, raw in (definition.let if definition else {}).items():
            if isinstance(raw, str) and type(context.module.scope.get(name)) is int:
                size = self.size(raw, context.module.scope[name], context)
                self.trace.definitions[context.symbol_of(name)] = size

    def given(self, model: Module, context: Context) -> dict[str, Tensor]:
        """Say the sizes of a model's inputs by the parameters of which the spec makes them."""
        assert isinstance(model.definition, Spec)
        found = {}
        for name, (written, _) in model.definition.tensors.items():
            actual = model.inputs[name]
            sizes = zip(written.shape, actual.shape, strict=True)
            shape = [self.size(a, b, context) if isinstance(b, int) else b for a, b in sizes]
            found[name] = actual.reshaped(*shape)
        return found

    # --- expressions ------------------------------------------------------------------------

    def size(self, raw: object, value: object, context: Context) -> Size:
        """Give an argument as a size over the class's names; `value` is what it came to."""
        assert isinstance(value, int | Polynomial)
        if not isinstance(raw, str):
            return value
        expression = parse(raw)
        size = self.lifted(expression, context)
        if size is None:
            return self.unknown(
                "=", value, self.trace.mentioned(expression, context), expression, context
            )
        return size if self.trace.actual(size) == value else self.number(value, frozenset())

    def lifted(self, expression: Expression, context: Context) -> Size | None:
        """Compute with symbols; where that cannot be, with the number of the repetition."""
        for counted in (True, False):
            try:
                return lift(expression, self.lookup(context, counted), context.tensors)
            except NotPolynomial:
                pass
        return None

    def lookup(self, context: Context, counted: bool = True) -> Lookup:
        """Look names up as symbols; `index` is a symbol, too, or the number that it is here."""

        def find(name: str) -> Size | None:
            if name == "index" and context.index is not None:
                return self.index(context) if counted else context.index
            value = context.module.scope.get(name)
            inner = self.trace.let_of(context, name)
            if inner is not None and type(value) is int:
                return self.size(inner[0].text, value, inner[1])
            return symbol(context.symbol_of(name)) if type(value) is int else None

        return find

    def index(self, context: Context) -> Size:
        """Make a symbol of the number of the nearest repetition."""
        assert context.index is not None
        name = index_symbol(context.level, context.index)
        self.trace.values[name] = context.index
        return symbol(name)

    def number(self, value: Size, depends: frozenset[str]) -> Size:
        """Make a symbol for a number of which only the names that it depends on are known."""
        return self.unknown("#", value, depends)

    def unknown(
        self,
        mark: str,
        value: Size,
        depends: frozenset[str],
        expression: Expression | None = None,
        context: Context | None = None,
    ) -> Size:
        """Make a symbol of its own."""
        if not depends:
            return value
        name = f"{mark}{len(self.trace.depends)}"
        if expression is not None and context is not None:
            here = f"@{context.indices}" if "index" in expression.names else ""
            name = f"{mark}{expression.text}{here}{self.sizes_in(expression, context)}"
            self.trace.expressions[name] = (expression, context)
        self.trace.depends[name] = depends
        self.trace.values[name] = value
        return symbol(name)

    def sizes_in(self, expression: Expression, context: Context) -> str:
        """Tell the sizes of tensors of which an expression asks: they make it another one."""
        nodes = (node for node in ast.walk(expression.tree) if isinstance(node, ast.expr))
        found = [tensor_size(node, context.tensors) for node in nodes]
        return "".join(f"[{size}]" for size in found if size is not None)

    # --- bodies -----------------------------------------------------------------------------

    def body(
        self,
        module: Module,
        inputs: Mapping[str, Tensor],
        path: Names,
        outer: Context | None = None,
    ) -> tuple[Tensor, ...]:
        """Trace the layers of a body in order; `outer` is the context in which it stands."""
        indices = outer.indices if outer is not None else ()
        self.around.append(path)
        values = {Port(name): tensor for name, tensor in inputs.items()}
        spliced = {name: splice for splice in module.splices for name in splice.nodes}
        for node in module.nodes:
            context = Context(module, _visible(module, values), indices, outer)
            if node.again is not None:
                gives = self.again(module, node, values, context, path)
            elif node.name in spliced:
                gives = self.spliced(spliced[node.name], node, values, context, path)
            else:
                reads = tuple(values[port] for port in node.reads)
                gives = self.node(node, reads, context, (*path, node.name))
            values |= {Port(node.name, index): tensor for index, tensor in enumerate(gives)}
            self.count_taps(module, node, values, context)
        context = Context(module, _visible(module, values), indices, outer)
        self.trace.bodies[path] = context
        for splice in module.splices:
            if not splice.nodes:  # all that it holds is absent
                reads = tuple(values[port] for port in splice.call.reads)
                self.node(splice.call, reads, context, (*path, splice_name(splice.name)))
        self.around.pop()
        return tuple(values[port] for port in module.results)

    def again(
        self,
        module: Module,
        node: Node,
        values: Mapping[Port, Tensor],
        context: Context,
        path: Names,
    ) -> tuple[Tensor, ...]:
        """Trace a layer that is called again as it is written where it stands first."""
        first = module.by_name[str(node.again)]
        known = self.trace.nodes.get((*path, first.name))
        reads = tuple(values[port] for port in node.reads)
        shadow = replace(node, origin=first.origin, again=None)
        inner = context if known is None else known.context
        return self.node(shadow, reads, inner, (*path, node.name))

    def spliced(
        self,
        splice: Splice,
        node: Node,
        values: Mapping[Port, Tensor],
        context: Context,
        path: Names,
    ) -> tuple[Tensor, ...]:
        """Trace what was spliced as the call that it was; what is not seen in it gives numbers."""
        whole = (*path, splice_name(splice.name))
        if node.name == next(name for name in splice.nodes if name in context.module.by_name):
            reads = tuple(values[port] for port in splice.call.reads)
            self.node(splice.call, reads, context, whole)
        inner = inner_paths(splice, whole, self.trace.nodes)[splice.nodes.index(node.name)]
        traced, call = self.trace.nodes.get(inner), self.trace.nodes[whole]
        last = node.name == splice.nodes[-1]
        if traced is not None and not (last and splice.call.module.kind is Kind.CHAIN):
            return tuple(self.settled(tensor, context) for tensor in traced.outputs)
        if node.name == splice.nodes[-1] and len(call.outputs) == len(node.outputs):
            return call.outputs
        return self.rough(node, self.all_of(call.inputs))

    def node(
        self, node: Node, reads: tuple[Tensor, ...], context: Context, path: Names
    ) -> tuple[Tensor, ...]:
        """Trace one node, and keep what it reads and gives."""
        inferred: Mapping[str, Size] = {}
        if isinstance(node, Leaf):
            inferred = node.operation.read_off(*reads)
            gives = self.leaf(node, reads, context)
        else:
            assert isinstance(node, Call)
            entries = dict(zip(node.module.inputs, reads, strict=True))
            if node.module.kind is Kind.BLOCK:
                gives = self.call(node, entries, context)
            elif node.module.kind is Kind.CHAIN:
                gives = self.chain(node, entries, context, path)
            else:
                gives = self.body(node.module, entries, path, context)
                if is_class(node.module):
                    gives = self.call(node, entries, context)
        self.trace.nodes[path] = Traced(node, reads, context, inferred, gives)
        return gives

    # --- repetitions --------------------------------------------------------------------------

    def chain(
        self, node: Call, entries: Mapping[str, Tensor], context: Context, path: Names
    ) -> tuple[Tensor, ...]:
        """Trace repetitions; what comes out depends on their number unless it stays the same."""
        module = node.module
        values = {Port(name): tensor for name, tensor in entries.items()}
        growth = growth_of(self, node, context, path)
        start: tuple[Tensor, ...] = ()
        for repetition in nodes_of(module):
            index = int(repetition.name)
            inner = replace(context, indices=(*context.indices, index))
            reads = tuple(values[port] for port in repetition.reads)
            if growth is not None and index == growth.start:
                start = reads
            elif growth is not None and index > growth.start:
                reads = growth.after(start, self.index(inner) - growth.start)[: len(reads)]
            after = self.node(repetition, reads, inner, (*path, repetition.name))
            if repetition.count > 1 and after != reads[: len(after)]:
                after = self.others(repetition, reads, after, inner, path)
            values |= {Port(repetition.name, number): item for number, item in enumerate(after)}
        if growth is not None:
            self.trace.regular.add(path)
            return self.grown(node, growth, start, values, context, path)
        gives = tuple(self.settled(values[port], context) for port in module.results)
        return gives if _settles(node) else self.numbers(node, gives, context, path)

    def others(
        self,
        node: Node,
        reads: tuple[Tensor, ...],
        after: tuple[Tensor, ...],
        context: Context,
        path: Names,
    ) -> tuple[Tensor, ...]:
        """Trace further repetitions of those that are equal here, as long as symbols differ."""
        first = int(node.name)
        for index in range(first + 1, first + min(node.count, _MOST_TRACED)):
            given = after[: len(reads)] + reads[len(after) :]
            inner = replace(context, indices=(*context.indices[:-1], index))
            after = self.node(node, given, inner, (*path, str(index)))
            if after == given[: len(after)]:
                break
        return after

    def grown(
        self,
        node: Call,
        growth: Growth,
        start: tuple[Tensor, ...],
        values: Mapping[Port, Tensor],
        context: Context,
        path: Names,
    ) -> tuple[Tensor, ...]:
        """Give what comes out of repetitions of which each adds the same to a size."""
        if growth.start == 0:
            self.trace.growing.add(path)
        layer = node.origin.layer
        count = sum(item.count for item in node.module.nodes)
        raw = layer.repeat if layer else None
        times = self.size(raw, count, context) if isinstance(raw, str) else count
        last = growth.after(start, times - growth.start)
        taps = (values[port] for port in node.module.results[len(last) :])
        return (*last, *(self.settled(tensor, context) for tensor in taps))

    def settled(self, tensor: Tensor, context: Context) -> Tensor:
        """Put numbers in the place of what counts the repetitions that have just ended."""
        level = context.level + 1
        return tensor.reshaped(*(without_index(size, level, self.trace) for size in tensor.shape))

    def count_taps(
        self, module: Module, node: Node, values: dict[Port, Tensor], context: Context
    ) -> None:
        """Say a size to which all repetitions of a layer add by the number of repetitions.

        It is the rule on none of them, and as often as there are repetitions what one adds to it.
        """
        found = tapped_chain(module, node)
        if found is None or not isinstance(node, Leaf):
            return
        chain, first, count = found
        layer = chain.origin.layer
        reads = tuple(values[port] for port in node.reads)
        width = chain_width(chain)
        taps = tuple(
            self.named_alike(tap, reads[first + number % width])
            for number, tap in enumerate(reads[first : first + count])
        )
        if layer is None or not isinstance(layer.repeat, str) or len(set(taps[::width])) != 1:
            return
        few = [(*reads[:first], *taps[: width * n], *reads[first + count :]) for n in (1, 2)]
        one, two = (_outputs(node, {}, item) for item in (*few,)) if count > width else (None, None)
        if one is None or two is None:
            return self.count_alone(node, values, reads, first, width, chain, context)
        self.added(node, values, one, two, chain, context)
        return None

    def named_alike(self, tensor: Tensor, first: Tensor) -> Tensor:
        """Say bare numbers as the first repetition says them, where they are equal."""
        if tensor.rank != first.rank:
            return tensor
        pairs = zip(tensor.shape, first.shape, strict=True)
        return tensor.reshaped(*(b if self.bare_alike(a, b) else a for a, b in pairs))

    def bare_alike(self, size: Size, other: Size) -> bool:
        """Say whether two sizes are bare numbers, and the same."""
        both = symbols_of(size) | symbols_of(other)
        bare = all(name.startswith("#") for name in both)
        return bare and self.trace.actual(size) == self.trace.actual(other)

    def count_alone(
        self,
        node: Leaf,
        values: dict[Port, Tensor],
        reads: tuple[Tensor, ...],
        first: int,
        width: int,
        chain: Call,
        context: Context,
    ) -> None:
        """Say the same where there is one repetition: the rule on it, and on it twice."""
        taps = reads[first : first + width]
        twice = (*reads[: first + width], *taps, *reads[first + width :])
        one, two = _outputs(node, {}, reads), _outputs(node, {}, twice)
        if one is not None and two is not None:
            self.added(node, values, one, two, chain, context)

    def added(
        self,
        node: Leaf,
        values: dict[Port, Tensor],
        one: tuple[Tensor, ...],
        two: tuple[Tensor, ...],
        chain: Call,
        context: Context,
    ) -> None:
        """Write sizes that grow with the number of repetitions as what they are for one, and on."""
        raw = chain.origin.layer.repeat if chain.origin.layer else None
        count = sum(item.count for item in chain.module.nodes)
        times = self.size(raw, count, replace(context, tensors={**context.tensors}))
        for place, (less, more) in enumerate(zip(one, two, strict=True)):
            shape = [a + (times - 1) * (b - a) for a, b in zip(less.shape, more.shape, strict=True)]
            tensor = less.reshaped(*shape)
            actual = tuple(map(self.trace.actual, shape))
            if actual == node.outputs[place].shape:
                values[Port(node.name, place)] = tensor

    def numbers(
        self, node: Call, gives: tuple[Tensor, ...], context: Context, path: Names
    ) -> tuple[Tensor, ...]:
        """Make numbers of sizes that depend on how often a layer is repeated."""
        raw = node.origin.layer.repeat if node.origin.layer else None
        depends = self.trace.mentioned(parse(raw), context) if isinstance(raw, str) else frozenset()
        later = [self.trace.nodes[(*path, item.name)] for item in nodes_of(node.module)[1:]]
        return tuple(
            tensor.reshaped(
                *(
                    size
                    if _keep(later, place, axis)
                    else self.number(output.shape[axis], depends | self.trace.dependence(size))
                    for axis, size in enumerate(tensor.shape)
                )
            )
            for place, (tensor, output) in enumerate(zip(gives, node.outputs, strict=True))
        )

    # --- operations and calls -----------------------------------------------------------------

    def leaf(self, node: Leaf, reads: tuple[Tensor, ...], context: Context) -> tuple[Tensor, ...]:
        """Run the shape rule with symbols for what the inputs and the arguments may be."""
        fields, opaque = self.arguments(node, reads, context)
        fields |= self.tied(node)
        refused = [name for name in fields if _outputs(node, {name: fields[name]}, reads) is None]
        for name in refused:
            opaque[name] = self.all_in(fields.pop(name))
        operation = node.operation.model_copy(update=fields)
        gives = _outputs(node, fields, reads)
        if gives is None:
            sizes = map(self.all_in, fields.values())
            return self.rough(node, self.all_of(reads).union(*opaque.values(), *sizes))
        marked = gives
        for name, depends in opaque.items():
            changed = _perturbed(node, name, operation, reads)
            marked = self.marked(node, depends, changed, gives, marked)
        return marked

    def tied(self, node: Leaf) -> dict[str, object]:
        """Give the arguments that a shared weight fixes, as the layer says them that has it."""
        if node.tie is None or node.tie.up >= len(self.around):
            return {}
        source = self.trace.nodes.get((*self.around[-1 - node.tie.up], *node.tie.path))
        if source is None or not isinstance(source.node, Leaf):
            return {}
        axes = tuple(-1 - axis for axis in range(len(node.weights[node.tie.weight])))
        theirs = source.node.operation.of_weight(axes)
        said = {axis: name for name, axis in theirs.items() if isinstance(axis, int)}
        known, _ = self.arguments(source.node, source.inputs, source.context)
        return {
            name: known[said[axis]]
            for name, axis in node.operation.of_weight(axes).items()
            if axis in said and said[axis] in known and name not in node.origin.arguments
        }

    def arguments(
        self, node: Leaf, reads: tuple[Tensor, ...], context: Context
    ) -> tuple[dict[str, object], dict[str, frozenset[str]]]:
        """Give the integer arguments as sizes, and of the others the names they depend on."""
        fields: dict[str, object] = {}
        opaque: dict[str, frozenset[str]] = {}
        for name, raw in node.origin.arguments.items():
            words = node.operation.keywords().get(name, ())
            if raw in words if isinstance(raw, str) else False:
                continue
            if name in node.operation.texts():
                continue
            value = getattr(node.operation, name)
            if isinstance(raw, list) and _integers(value) and len(raw) == len(value):
                sizes = [
                    self.argument(node, reads, item, actual, context)
                    if isinstance(item, str) and isinstance(actual, int)
                    else actual
                    for item, actual in zip(raw, value, strict=True)
                ]
                fields[name] = tuple(sizes)
            elif type(value) is int and isinstance(raw, str):
                fields[name] = self.argument(node, reads, raw, value, context)
            elif isinstance(raw, str | list):
                depends = self.depends_on(raw, context)
                opaque |= {name: depends} if depends else {}
        return fields, opaque

    def argument(
        self, node: Leaf, reads: tuple[Tensor, ...], raw: str, value: int, context: Context
    ) -> Size:
        """Give one integer argument; the inferred ones are names in it."""
        if parse(raw).names & node.inferred.keys():
            inferred = node.operation.read_off(*reads)
            try:
                lookup = self.lookup(context)
                return lift(parse(raw), lambda key: inferred.get(key, lookup(key)), context.tensors)
            except NotPolynomial:
                return self.number(value, frozenset().union(*map(symbols_of, inferred.values())))
        return self.size(raw, value, context)

    def depends_on(self, raw: object, context: Context) -> frozenset[str]:
        """Name the symbols that an argument mentions anywhere."""
        if isinstance(raw, list):
            return frozenset().union(*(self.depends_on(item, context) for item in raw))
        return self.trace.mentioned(parse(raw), context) if isinstance(raw, str) else frozenset()

    def marked(
        self,
        node: Leaf,
        depends: frozenset[str],
        changed: list[tuple[Tensor, ...]],
        gives: tuple[Tensor, ...],
        marked: tuple[Tensor, ...],
    ) -> tuple[Tensor, ...]:
        """Make numbers of the sizes on which an argument that is no size has an influence.

        `changed` is what comes out for other values of it, and `marked` what was found of others.
        """
        found = []
        for place, tensor in enumerate(marked):
            shape = []
            for axis, size in enumerate(tensor.shape):
                same = bool(changed) and all(
                    place < len(other) and _alike(other[place], gives[place], axis)
                    for other in changed
                )
                names = depends | self.trace.dependence(size)
                actual = node.outputs[place].shape[axis]
                shape.append(size if same else self.number(actual, names))
            found.append(tensor.reshaped(*shape))
        return tuple(found)

    def all_in(self, value: object) -> frozenset[str]:
        """Name all symbols in the sizes of an argument."""
        sizes = value if isinstance(value, tuple) else (value,)
        return frozenset().union(
            *(self.trace.dependence(size) for size in sizes if isinstance(size, int | Polynomial))
        )

    def all_of(self, reads: tuple[Tensor, ...]) -> frozenset[str]:
        """Name all symbols in what is read."""
        sizes = (size for tensor in reads for size in tensor.shape)
        return frozenset().union(*(self.trace.dependence(size) for size in sizes))

    def rough(self, node: Node, depends: frozenset[str]) -> tuple[Tensor, ...]:
        """Give what comes out as numbers."""
        return tuple(
            tensor.reshaped(*(self.number(size, depends) for size in tensor.shape))
            for tensor in node.outputs
        )

    def call(
        self, node: Call, entries: Mapping[str, Tensor], context: Context
    ) -> tuple[Tensor, ...]:
        """Translate what a block gives from its names into those of this class."""
        inner = self.known[id(node.module)]
        meanings = self.meanings(node, inner, entries, context)
        return tuple(
            tensor.reshaped(
                *(
                    self.received(node, inner, meanings, context, (place, axis), size)
                    for axis, size in enumerate(tensor.shape)
                )
            )
            for place, tensor in enumerate(inner.outputs)
        )

    def received(
        self,
        node: Call,
        inner: Trace,
        meanings: Mapping[str, Size],
        context: Context,
        place: tuple[int, int],
        size: Size,
    ) -> Size:
        """Translate a size that a block gives; what conditions change in it is a number here."""
        unsure = inner.unsure.get(place)
        if unsure is None:
            return self.translated(node, size, inner, meanings, context)
        names = unsure | inner.dependence(size)
        return self.number(inner.actual(size), self.carried(node, names, meanings, inner, context))

    def meanings(
        self, node: Call, inner: Trace, entries: Mapping[str, Tensor], context: Context
    ) -> dict[str, Size]:
        """Say what a block's own names and sizes are in the caller's."""
        found: dict[str, Size] = {}
        for name, tensor in entries.items():
            found |= {f"{name}.{index}": size for index, size in enumerate(tensor.shape)}
        for name, value in node.module.arguments.items():
            key = f"{node.module.space}:{name}" if node.module.is_model else name
            default = computed_default(node, name)
            if type(value) is int and default is not None:
                found[key] = self.defaulted(node, default, value, found)
            elif type(value) is int:
                found[key] = self.size(node.origin.arguments.get(name, value), value, context)
        if context.index is not None:
            found["index"] = self.index(context)
        return found | self.named_around(node, context)

    def named_around(self, node: Call, context: Context) -> dict[str, Size]:
        """Say what a group knows by a `let` of a group around it that has no class of its own."""
        found: dict[str, Size] = {}
        for name, value in node.module.scope.items() if node.module.kind is Kind.GROUP else ():
            around = self.trace.let_of(context, name)
            if around is not None and type(value) is int and name not in _lets(node.module):
                found[name] = self.size(around[0].text, value, around[1])
        return found

    def defaulted(self, node: Call, default: str, value: int, found: Mapping[str, Size]) -> Size:
        """Say what a default comes to that is an expression over parameters before it."""
        expression = parse(default)

        def find(name: str) -> Size | None:
            outer = f"{node.module.space}:{name}"
            known = found.get(name, found.get(outer))
            return symbol(outer) if known is None and outer in self.trace.values else known

        try:
            size = lift(expression, find, {})
            if self.trace.actual(size) == value:
                return size
        except NotPolynomial:
            pass
        sizes = [find(name) for name in expression.names]
        known = (self.trace.dependence(size) for size in sizes if size is not None)
        return self.number(value, frozenset().union(*known))

    def outer(self, name: str, inner: Trace) -> frozenset[str]:
        """Keep a symbol of the model; those of a spec that is used end with its own class."""
        own = inner.module.is_model and name.startswith(f"{inner.module.space}:")
        return frozenset() if own else frozenset([name])

    def translated(
        self, node: Call, size: Size, inner: Trace, meanings: Mapping[str, Size], context: Context
    ) -> Size:
        """Translate one size, `let` names first."""
        while set(symbols_of(size)) & inner.definitions.keys():
            size = substitute(size, inner.definitions)
        actual = inner.actual(size)
        if any(name in inner.depends for name in symbols_of(size)):
            depends = self.carried(node, inner.dependence(size), meanings, inner, context)
            return self.number(actual, depends)
        moved = substitute(size, meanings)
        return moved if self.trace.actual(moved) == actual else self.number(actual, frozenset())

    def carried(
        self,
        node: Call,
        names: frozenset[str],
        meanings: Mapping[str, Size],
        inner: Trace,
        context: Context,
    ) -> frozenset[str]:
        """Say on which of the caller's symbols a block's depend."""
        found: frozenset[str] = frozenset()
        for name in names:
            if name in inner.definitions:
                depends = inner.dependence(inner.definitions[name])
                found |= self.carried(node, depends, meanings, inner, context)
            elif name in meanings:
                found |= self.trace.dependence(meanings[name])
            elif _own(name, inner) in node.module.arguments:
                found |= self.depends_on(node.origin.arguments.get(_own(name, inner)), context)
            elif ":" in name:
                found |= self.outer(name, inner)
            elif name in self.trace.values or node.module.kind is Kind.GROUP:
                found |= {name}
        return found


def computed_default(node: Call, name: str) -> str | None:
    """Give the expression that is a parameter's default, where it is not passed."""
    parameter = getattr(node.module.definition, "params", {}).get(name)
    if parameter is None or not parameter.computed or name in node.origin.arguments:
        return None
    return parameter.default if isinstance(parameter.default, str) else None


def _lets(module: Module) -> Collection[str]:
    """Name what a body itself defines."""
    return module.definition.let if module.definition is not None else ()


def _own(name: str, inner: Trace) -> str:
    """Give a parameter's name in the spec of which a trace is."""
    return name.removeprefix(f"{inner.module.space}:") if inner.module.is_model else name


def _integers(value: object) -> TypeGuard[tuple[Size, ...]]:
    """Say whether an argument is a list of sizes."""
    return isinstance(value, tuple | list) and all(
        isinstance(item, int | Polynomial) and not isinstance(item, bool) for item in value
    )


def _visible(module: Module, values: Mapping[Port, Tensor]) -> dict[str, Tensor]:
    """Give the tensors of which sizes may be asked, those of absent layers included."""
    found = {port.name: tensor for port, tensor in values.items() if port.index == 0}
    for name in module.skipped:
        port = Port(name)
        while port.name in module.skipped and port not in values:
            port = module.skipped[port.name]
        if port in values:
            found.setdefault(name, values[port])
    return found


def _keep(repetitions: list[Traced], place: int, axis: int) -> bool:
    """Say whether all repetitions but the first give a size as they read it."""
    return bool(repetitions) and all(
        place < min(len(item.inputs), len(item.outputs))
        and _alike(item.inputs[place], item.outputs[place], axis)
        for item in repetitions
    )


def _settles(node: Call) -> bool:
    """Say whether one more repetition gives what the last one gave."""
    last = nodes_of(node.module)[-1]
    return last.inputs[: len(last.outputs)] == last.outputs or not _varies(node)


def _varies(node: Call) -> bool:
    return node.origin.layer is not None and isinstance(node.origin.layer.repeat, str)


def _assume(truth: Truth) -> bool:
    return truth is not False


def _outputs(
    node: Leaf, fields: Mapping[str, object], reads: tuple[Tensor, ...]
) -> tuple[Tensor, ...] | None:
    """Run the rule with some arguments replaced; `None` where it cannot say."""
    try:
        return node.operation.model_copy(update=dict(fields)).outputs(_assume, *reads)
    except (Problem, TypeError, AttributeError):
        return None


def _perturbed(
    node: Leaf, name: str, operation: object, reads: tuple[Tensor, ...]
) -> list[tuple[Tensor, ...]]:
    """Run the rule with other values of one argument, to see what it has an influence on."""
    others = _others(getattr(operation, name))
    tried = (_outputs(node, {**vars(operation), name: other}, reads) for other in others)
    return [gives for gives in tried if gives is not None]


def _alike(one: Tensor, other: Tensor, axis: int) -> bool:
    return one.rank == other.rank and one.shape[axis] == other.shape[axis]


def _others(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, tuple):
        return [
            tuple(item + 1 if isinstance(item, int) else 1 for item in value),
            (1,) * len(value),
        ]
    if isinstance(value, int | float):
        return [value + 1, 2 * value, 1 if value != 1 else 2]
    return []


_MOST_TRACED = 64
"""The most repetitions that are traced one by one because they differ in symbols."""


def inner_paths(splice: Splice, whole: Names, known: Collection[Names]) -> list[Names]:
    """Give, for each node that a splice made, its path below the call that it was.

    Of equal repetitions some are traced, and stand for the others; `known` are those.
    """
    found: list[Names] = []
    module = splice.call.module
    for node in module.nodes:
        for name in repetitions(node):
            path = nearest(whole, node, name, known)
            if splice.deep and module.kind is Kind.CHAIN and isinstance(node, Call):
                inner = (item for child in node.module.nodes for item in repetitions(child))
                found += [(*path, item) for item in inner]
            else:
                found.append(path)
    return found if len(found) == len(splice.nodes) else [whole] * len(splice.nodes)


def nearest(whole: Names, node: Node, name: str, known: Collection[Names]) -> Names:
    """Find the traced repetition that stands for another one."""
    if not node.name.isdigit() or not name.isdigit():
        return (*whole, node.name)
    later = range(int(name), int(node.name), -1)
    traced = ((*whole, str(index)) for index in later)
    return next((path for path in traced if path in known), (*whole, node.name))


def without_index(size: Size, level: int, trace: Trace) -> Size:
    """Put numbers in the place of the symbols that count a loop's repetitions."""
    marks = {n: trace.values[n] for n in symbols_of(size) if n.startswith(f"index@{level}=")}
    return substitute(size, marks) if marks else size


def tapped_chain(module: Module, node: Node) -> tuple[Call, int, int] | None:
    """Find the chain of which a node reads what all repetitions give, and where among its reads."""
    for chain in module.nodes:
        if isinstance(chain, Call) and chain.module.taps:
            own = len(chain.outputs) - chain.module.taps
            wanted = [Port(chain.name, own + i) for i in range(chain.module.taps)]
            reads = list(node.reads)
            if wanted and wanted[0] in reads:
                first = reads.index(wanted[0])
                if reads[first : first + len(wanted)] == wanted:
                    return chain, first, len(wanted)
    return None


def chain_width(chain: Call) -> int:
    """Say how many values each repetition of a chain gives."""
    return len(chain.module.nodes[-1].outputs)
