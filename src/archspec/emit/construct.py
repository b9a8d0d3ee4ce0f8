"""Write the constructors of layers: what stands to the right of `self.conv1 =`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from archspec.elaborate import LayerValue, mentioned
from archspec.emit.argument import REQUIRED, Argument, Emitted, Tied
from archspec.emit.code import literal
from archspec.emit.combinations import check_combinations
from archspec.emit.initial import OwnInit, surely_has
from archspec.emit.literally import literally
from archspec.emit.names import CannotSay, Names, Sized
from archspec.emit.pieces import Bracketed, Code, Unpacked
from archspec.emit.repeats import chain, mentioned_in, named_chain
from archspec.emit.slots import BodyUse, Part, Slot, Use, bodies_of, module_of, parts, slots
from archspec.emit.specialisations import is_class, is_row, nodes_of
from archspec.emit.trace import Context, Trace
from archspec.expressions import Expression, Scope, evaluate, parse, pieces
from archspec.graph import Call, Kind, Leaf, Module, Node
from archspec.ops import ModuleOperation, Operation, ValueOperation
from archspec.spec import Rule, read_rule

T = TypeVar("T")

Place = tuple[int, tuple[str, ...]]
"""Where a layer stands: the identity of a trace, and the path there."""


@dataclass(slots=True)
class Constructor:
    """Writes constructors in the names of one class; `classes` are those of called modules."""

    names: Names
    classes: Mapping[int, Emitted]
    guards: list[str] = field(default_factory=list)
    initial: dict[Place, OwnInit] = field(default_factory=dict)
    definitions: dict[str, None] = field(default_factory=dict)
    ties: dict[Place, Tied] = field(default_factory=dict)
    literal_rules: list[OwnInit] = field(default_factory=list)

    def attempt(self, write: Callable[[], T]) -> T | None:
        """Write something, or leave no trace of it where one class cannot say it."""
        kept = (list(self.guards), dict(self.initial), dict(self.definitions), dict(self.ties))
        written = self.names.attempt(write)
        if written is None:
            self.guards, self.initial, self.definitions, self.ties = kept
        return written

    def write(self, uses: tuple[Use, ...]) -> Code:
        """Write the constructor of a layer, the same for all its uses."""
        found = {use.node.trainable for use in uses}
        if len(found) != 1:
            raise CannotSay("a layer is trained in some uses only")
        return self.trained(self.built(uses), uses[0].node) if not found.pop() else self.built(uses)

    def trained(self, code: Code, node: Node) -> Code:
        """Let the weights of a layer stay as they are."""
        assert isinstance(code, Bracketed)
        if isinstance(node, Leaf) and isinstance(node.operation, ValueOperation):
            return replace(code, items=(*code.items, "requires_grad=False"))
        if isinstance(node, Leaf) and not node.weights:
            return code
        return replace(code, tail=f"{code.tail}.requires_grad_(False)")

    def built(self, uses: tuple[Use, ...]) -> Code:
        """Write what constructs a layer."""
        node = uses[0].node
        if isinstance(node, Leaf):
            return self.leaf(uses)
        assert isinstance(node, Call)
        if len({self.calls(use) for use in uses}) != 1:
            raise CannotSay("a layer is built in different ways")
        if node.module.kind is Kind.CHAIN:
            rows = {is_row(module_of(use)) for use in uses}
            if len(rows) != 1:
                raise CannotSay("repetitions are called in different ways")
            items = chain(self, uses, deep=False)
            exploded = len(items) > 1
            if rows.pop():
                return Bracketed("nn.Sequential(", items, exploded=exploded)
            if len(items) == 1 and isinstance(items[0], Unpacked):
                return replace(items[0], head="nn.ModuleList(")
            listed = Bracketed("[", items, "]", exploded=exploded)
            return Bracketed("nn.ModuleList(", (listed,))
        return self.instance(uses) if is_class(node.module) else self.sequential(uses)

    def calls(self, use: Use) -> object:
        """Say what kind of thing a use builds."""
        assert isinstance(use.node, Call)
        module = use.node.module
        return (module.kind, is_class(module), module.path if is_class(module) else None)

    # --- operations -------------------------------------------------------------------------

    def leaf(self, uses: tuple[Use, ...]) -> Code:
        """Write the constructor of an operation, its arguments by position as far as they go."""
        operations = {type(_leaf(use).operation) for use in uses}
        if len(operations) != 1 or self.differ(uses):
            return self.callable(uses)
        operation = _leaf(uses[0]).operation
        self.remember_init(uses, type(operation))
        self.remember_tie(uses)
        if isinstance(operation, ValueOperation):
            return self.value(uses, operation)
        assert isinstance(operation, ModuleOperation)
        if len({self.made_by(use) for use in uses}) != 1:
            raise CannotSay("a layer is constructed in different ways")
        if operation.definition():
            self.definitions[operation.definition()] = None
        return Bracketed(f"{operation.constructor()}(", tuple(self.arguments(uses, operation)))

    def made_by(self, use: Use) -> object:
        """Say what constructs a layer, and which of its arguments are read off its input."""
        operation = _leaf(use).operation
        assert isinstance(operation, ModuleOperation)
        return operation.constructor(), tuple(_leaf(use).inferred)

    def arguments(self, uses: tuple[Use, ...], operation: ModuleOperation) -> Iterator[str]:
        """Write the arguments of a constructor."""
        inferred = _leaf(uses[0]).inferred
        given = [name for name in _leaf(uses[0]).given if name not in operation.choosing]
        first = [name for name in operation.by_position() if name in (*inferred, *given)]
        for name in first:
            yield self.inferred(uses, name) if name in inferred else self.argument(uses, name)
        for name in (*inferred, *given):
            if name not in first:
                known = name in inferred
                text = self.inferred(uses, name) if known else self.argument(uses, name)
                yield f"{name}={text}"
        yield from (f"{name}={text}" for name, text in operation.always.items())

    def value(self, uses: tuple[Use, ...], operation: ValueOperation) -> Code:
        """Write a tensor of the module: of zeros, ones or a number, unless a rule fills it."""
        shape = self.argument(uses, "shape")
        sizes = shape[1:-1].removesuffix(",") if shape.startswith("(") else f"*{shape}"
        raw = uses[0].node.origin.init
        rule = read_rule(raw[""]) if isinstance(raw, dict) and "" in raw else None
        number = rule.arguments.get("val") if rule is not None and rule.name == "constant" else 0
        if rule is None or number == 0 or rule.name != "constant" or isinstance(number, str):
            return Bracketed("nn.Parameter(", (f"torch.zeros({sizes})",))
        for use in uses:
            self.initial.pop((id(use.trace), use.path), None)
        if number == 1:
            return Bracketed("nn.Parameter(", (f"torch.ones({sizes})",))
        return Bracketed("nn.Parameter(", (f"torch.full({shape}, {float(str(number))})",))

    def remember_tie(self, uses: tuple[Use, ...]) -> None:
        """Remember that a layer has the weight of another one."""
        ties = {_leaf(use).tie for use in uses}
        if len(ties) != 1:
            raise CannotSay("a weight is shared in some uses only")
        tie = ties.pop()
        if tie is not None:
            for use in uses:
                tied = Tied(use.path, tie.path, tie.weight, tie.up)
                self.ties[id(use.trace), use.path] = tied

    def remember_init(self, uses: tuple[Use, ...], operation: type[Operation]) -> None:
        """Remember the rules that a layer has of its own, to be written after the general ones."""
        raw = uses[0].node.origin.init
        if not isinstance(raw, dict):
            return
        if any(use.node.origin.init != raw for use in uses):
            raise CannotSay("a layer has different rules for its weights")
        rules = {weight: read_rule(rule) for weight, rule in raw.items()}
        outer = self.outer_names(uses[0], operation, rules)
        leaves = [_leaf(use) for use in uses]
        present = frozenset(w for w in rules if all(surely_has(leaf, w) for leaf in leaves))
        for use in uses:
            own = OwnInit(use.path, operation, rules, outer, present)
            self.initial[id(use.trace), use.path] = own

    def outer_names(
        self, use: Use, operation: type[Operation], rules: Mapping[str, Rule]
    ) -> dict[str, str]:
        """Keep the names in rules that are no arguments of the operation, and no inferred ones."""
        found: dict[str, str] = {}
        for rule in rules.values():
            for _, text in rule.expressions():
                own = operation.model_fields.keys() | set(operation.inferred)
                for name in sorted(parse(text).names - own - {"true", "false"}):
                    written = self.names.named(name, use.context)
                    kept = written.isidentifier()
                    found[name] = self.names.keep(written)[4:] if kept else written
        return found

    def differ(self, uses: tuple[Use, ...]) -> bool:
        """Say whether uses of a layer parameter bring arguments of their own that differ."""
        brought = {
            literal([(name, _leaf(use).given[name]) for name in _brought(use)]) for use in uses
        }
        return len(brought) != 1

    def callable(self, uses: tuple[Use, ...]) -> Code:
        """Write the call of a layer parameter, which is an argument of the class."""
        parameters = {use.node.origin.parameter for use in uses}
        parameter = parameters.pop()
        own = uses[0].trace.module.arguments
        if parameters or parameter is None or parameter not in own:
            raise CannotSay("a layer is of different operations")
        inferred = {tuple(_leaf(use).inferred) for use in uses}
        if len(inferred) != 1 or any(use.node.origin.arguments for use in uses):
            raise CannotSay("a layer parameter takes different arguments")
        if not all(isinstance(_leaf(use).operation, ModuleOperation) for use in uses):
            raise CannotSay("a function is passed as a layer")
        arguments = tuple(self.inferred(uses, name) for name in inferred.pop())
        return Bracketed(f"{self.names.symbol(parameter)}(", arguments)

    def inferred(self, uses: tuple[Use, ...], name: str) -> str:
        """Write an inferred argument as the expression that every use has."""
        return self.names.size(
            Sized(use.trace, use.traced.inferred[name], use.context.indices) for use in uses
        )

    def argument(self, uses: tuple[Use, ...], name: str) -> str:
        """Write an argument as the spec writes it, or as its value if it stands elsewhere."""
        leaf = _leaf(uses[0])
        operation = leaf.operation
        raws = [use.node.origin.arguments.get(name, REQUIRED) for use in uses]
        if any(raw != raws[0] for raw in raws):
            raise CannotSay(f"`{name}` is written in different ways")
        raw = raws[0]
        if raw is REQUIRED and leaf.tie is not None and name not in _brought_by_value(uses[0]):
            return self.tied_argument(uses, name)
        if raw is REQUIRED:
            self.pin_parameter(uses)
            return literal(leaf.given[name])
        if isinstance(raw, str) and raw in operation.keywords().get(name, ()):
            return literal(raw)
        if name in operation.texts():
            return self.text(uses, raw)
        return self.number(uses, operation, raw, getattr(operation, name, leaf.given[name]))

    def tied_argument(self, uses: tuple[Use, ...], name: str) -> str:
        """Write an argument that a shared weight fixes as the other layer says it."""
        leaf = _leaf(uses[0])
        assert leaf.tie is not None
        found = []
        for use in uses:
            bodies = [n for n in range(len(use.path)) if use.path[:n] in use.trace.bodies]
            if leaf.tie.up >= len(bodies):
                self.names.pin(use.trace, map(use.context.symbol_of, use.context.module.scope))
                return literal(leaf.given[name])
            path = (*use.path[: bodies[len(bodies) - 1 - leaf.tie.up]], *leaf.tie.path)
            if path not in use.trace.nodes:
                raise CannotSay("the layer whose weight is shared is out of sight")
            found.append(Use(use.trace, path, use.trace.nodes[path].node))
        source = _leaf(found[0]).operation
        axes = _AXES[: len(leaf.weights[leaf.tie.weight])]
        axis = leaf.operation.of_weight(axes)[name]
        same = (key for key, value in source.of_weight(axes).items() if value == axis)
        other = next(same, None)
        if other is None or other not in _leaf(found[0]).given:
            raise CannotSay("what the shared weight fixes is not said where it stands")
        return self.argument(tuple(found), other)

    def number(
        self, uses: tuple[Use, ...], operation: Operation, raw: object, value: object
    ) -> str:
        """Write a number's expression; the inferred arguments are names in it."""
        words = parse(raw).names if isinstance(raw, str) else frozenset()
        texts = {name: self.inferred(uses, name) for name in operation.inferred if name in words}
        kept = self.names.locals
        self.names.locals = {**kept, **texts}
        text = self.names.raw(raw, [(use.trace, use.context) for use in uses], value)
        self.names.locals = kept
        return text

    def text(self, uses: tuple[Use, ...], raw: object) -> str:
        """Write a text: the parameter of that name, else itself."""
        context = uses[0].context
        if isinstance(raw, str) and isinstance(context.module.scope.get(raw), str):
            return self.names.named(raw, context)
        return literal(raw)

    def pin_parameter(self, uses: tuple[Use, ...]) -> None:
        """Pin the names on which what a layer parameter brings depends."""
        for use in uses:
            context, name = use.context, use.node.origin.parameter
            value = context.module.scope.get(name) if name else None
            if isinstance(value, LayerValue):
                words = mentioned(value.layer) & context.module.scope.keys()
                self.names.pin(use.trace, (context.symbol_of(word) for word in words))

    # --- instances of classes -----------------------------------------------------------------

    def instance(self, uses: tuple[Use, ...]) -> Code:
        """Write the constructor of an emitted class, with the arguments that it needs."""
        emitted = {id(module_of(use)): self.classes[id(module_of(use))] for use in uses}
        if len({item.name for item in emitted.values()}) != 1:
            raise CannotSay("a block is of different classes")
        called = next(iter(emitted.values()))
        items = []
        for argument in called.arguments:
            text = self.passed(uses, argument)
            if text is not None:
                items.append(text if argument.default is REQUIRED else f"{argument.name}={text}")
        for name in sorted(called.pinned):
            self.pin_passed(uses, name)
        return Bracketed(f"{called.name}(", tuple(items))

    def passed(self, uses: tuple[Use, ...], argument: Argument) -> str | None:
        """Write what is passed for an argument; `None` where the default says it."""
        name = argument.symbol
        called = module_of(uses[0])
        own = name.removeprefix(f"{called.space}:") if called.is_model else name
        if own in called.arguments:
            return self.passed_parameter(uses, own, argument)
        if ":" in name:
            return self.passed_name(name, argument)
        port, dot, index = name.partition(".")
        if dot:
            slot = list(called.inputs).index(port)
            return self.names.size(
                Sized(u.trace, u.traced.inputs[slot].shape[int(index)], u.context.indices)
                for u in uses
            )
        return self.names.named(name, uses[0].context)

    def passed_name(self, symbol: str, argument: Argument) -> str | None:
        """Write what is passed for a name of the model."""
        if symbol in self.names.fixed:
            value = self.names.value(symbol)
            return None if _same(value, argument.default) else literal(value)
        return self.names.symbol(symbol)

    def passed_parameter(self, uses: tuple[Use, ...], name: str, argument: Argument) -> str | None:
        """Write what is passed for a parameter of the block."""
        raws = [use.node.origin.arguments.get(name, REQUIRED) for use in uses]
        if any(raw != raws[0] for raw in raws):
            raise CannotSay(f"`{name}` is passed in different ways")
        value = module_of(uses[0]).arguments[name]
        if isinstance(value, LayerValue):
            return self.passed_layer(uses, name, argument)
        if raws[0] is not REQUIRED:
            contexts = [(use.trace, use.context) for use in uses]
            if isinstance(value, str):
                return self.text(uses, raws[0])
            return self.names.raw(raws[0], contexts, self.wanted(uses, name, value))
        parameter = getattr(module_of(uses[0]).definition, "params", {}).get(name)
        if parameter is not None and parameter.computed and argument.default is None:
            return None
        if any(not _same(module_of(use).arguments[name], value) for use in uses):
            raise CannotSay(f"`{name}` differs")
        self.pin_parameter(uses)
        return None if _same(value, argument.default) else literal(value)

    def wanted(self, uses: tuple[Use, ...], name: str, value: object) -> object:
        """Give a parameter's value as its readers want it: whole as a float where one takes floats.

        What is a number of any kind may come out whole here, and not for other arguments.
        """
        parameter = getattr(module_of(uses[0]).definition, "params", {}).get(name)
        if type(value) is not int or parameter is None or parameter.type == "int":
            return value
        readers = (node for use in uses for node in nodes_of(module_of(use)))
        declared = parameter.type == "float" or isinstance(parameter.default, float)
        floats = declared or any(_takes_float(node, name) for node in readers)
        return float(value) if floats else value

    def passed_layer(self, uses: tuple[Use, ...], name: str, argument: Argument) -> str | None:
        """Write a layer that is passed: its class, or a function that constructs it."""
        texts = {self.constructor_of(use, name) for use in uses}
        raws = {str(use.node.origin.arguments.get(name)) for use in uses}
        raw = raws.pop() if len(raws) == 1 else ""
        own = uses[0].trace.module.arguments
        model = uses[0].trace.module.is_model
        if raw in own and isinstance(own[raw], LayerValue) and not model:
            return self.names.symbol(raw)
        if len(texts) != 1:
            raise CannotSay(f"the layer `{name}` differs")
        text = texts.pop()
        return None if text == argument.default else text

    def constructor_of(self, use: Use, name: str) -> str:
        """Write how a layer parameter's value is constructed, from a use of it in the block."""
        return self.layer_of(module_of(use), name)

    def pin_passed(self, uses: tuple[Use, ...], name: str) -> None:
        """Pin what a symbol on which the called class depends is here."""
        for use in uses:
            module, trace = module_of(use), use.trace
            own = name.removeprefix(f"{module.space}:") if module.is_model else name
            port, dot, index = name.partition(".")
            if own in module.arguments:
                self.pin_raw(use, use.node.origin.arguments.get(own))
            elif ":" in name:
                self.names.pinned.add(name)
            elif not dot:
                self.pin_raw(use, name)
            else:
                slot = list(module.inputs).index(port)
                self.names.pinned |= trace.dependence(use.traced.inputs[slot].shape[int(index)])

    def pin_raw(self, use: Use, raw: object) -> None:
        """Pin every name that an expression mentions."""
        if isinstance(raw, list):
            for item in raw:
                self.pin_raw(use, item)
        elif isinstance(raw, str):
            self.pin_expression(use.trace, parse(raw), use.context)

    def pin_expression(self, trace: Trace, expression: Expression, context: Context) -> None:
        """Pin every name that is mentioned; the number of a repetition that goes on cannot be."""
        if self.is_counted(trace, expression, context):
            raise CannotSay("what is built depends on the number of the repetition")
        self.names.pin(trace, trace.mentioned(expression, context))

    def is_counted(self, trace: Trace, expression: Expression, context: Context) -> bool:
        """Say whether an expression, or a `let` in it, counts repetitions that may go on."""
        if "index" in expression.names and context.level in self.names.open:
            return True
        inner = (trace.let_of(context, name) for name in expression.names)
        return any(self.is_counted(trace, *found) for found in inner if found is not None)

    def pin_name(self, slot: Slot) -> None:
        """Pin what the placeholders in a layer's name mention."""
        for body in slot.bodies:
            for piece in pieces(slot.key):
                if not isinstance(piece, str):
                    self.pin_expression(body.trace, piece, body.context)

    # --- sequences --------------------------------------------------------------------------

    def sequential(self, uses: tuple[Use, ...]) -> Code:
        """Write a group whose layers follow each other."""
        bodies = bodies_of(uses)
        definition = bodies[0].module.definition
        assert definition is not None
        if definition.numbered:
            return Bracketed("nn.Sequential(", self.items(bodies), exploded=True)
        self.names.helpers.add("OrderedDict")
        pairs = Bracketed("[", tuple(self.pairs(bodies)), "]", exploded=True)
        return Bracketed("nn.Sequential(", (Bracketed("OrderedDict(", (pairs,)),))

    def pairs(self, bodies: tuple[BodyUse, ...]) -> Iterator[Code]:
        """Write the layers of a named sequence, each with its name."""
        for slot in slots(bodies):
            yield from self.checked(slot, self.slot_pairs)

    def checked(self, slot: Slot, write: Callable[[Slot], Iterable[T]]) -> list[T]:
        """Write a layer; where it says sizes, those must hold under all conditions above it."""
        before = self.names.asked
        written = list(write(slot))
        if self.names.asked > before:
            check_combinations(slot, self.names)
        return written

    def slot_pairs(self, slot: Slot) -> Iterator[Code]:
        """Write one layer of a named sequence, which may be absent in some uses."""
        if slot.mixed:
            yield self.conditional_pair(slot)
            return
        self.decide(slot)
        if slot.splices:
            yield from self.spliced_pairs(slot)
        elif slot.uses:
            self.pin_name(slot)
            yield self.pair(literal(slot.name), self.write(slot.uses))

    def pair(self, name: str, code: Code) -> Code:
        """Write a layer with its name."""
        return Bracketed("(", (name, code))

    def conditional_pair(self, slot: Slot) -> Code:
        """Write a layer of a named sequence that only some uses have."""
        if slot.splices:
            raise CannotSay(f"layer `{slot.key}` is spliced in some uses")
        condition = self.condition(slot)
        before = len(self.guards)
        pair = self.pair(literal(slot.name), self.in_some(slot))
        self.guard_if(condition, before)
        return Unpacked(Bracketed("[", (pair,), "]"), (f"if {condition}", "else []"))

    def spliced_pairs(self, slot: Slot) -> Iterator[Code]:
        """Write what a spliced layer holds, each with its name: in a loop where that can be."""
        if slot.layer.repeat is not None and "{" in slot.key:
            yield from named_chain(self, slot)
            return
        for part in parts(slot):
            yield self.pair(literal(part.name), self.part(part))

    def items(self, bodies: tuple[BodyUse, ...]) -> tuple[Code, ...]:
        """Write the layers of a list, spliced ones in their place."""
        return tuple(item for slot in slots(bodies) for item in self.slot_items(slot))

    def slot_items(self, slot: Slot) -> tuple[Code, ...]:
        """Write one layer of a list, which may be absent in some uses."""
        if slot.mixed:
            return (self.conditional_item(slot),)
        self.decide(slot)
        if slot.splices:
            return self.splice(slot)
        self.guard_number(slot)
        return (self.write(slot.uses),) if slot.uses else ()

    def in_some(self, slot: Slot) -> Code:
        """Write a layer that only some uses have, for what it would be in the others, too.

        On what its text depends must be there as it is in one of the uses that were seen.
        """
        before, self.names.pinned = self.names.pinned, set()
        code = self.write(slot.uses)
        found = sorted(self.names.pinned)
        self.names.pinned = before.union(found)
        seen = {tuple(use.trace.shown(name) for name in found) for use in slot.uses}
        if any(tuple(map(body.trace.shown, found)) not in seen for body in slot.absent):
            raise CannotSay(f"what layer `{slot.key}` would be in some uses is not known")
        return code

    def guard(self, text: str) -> None:
        """Refuse values for which a number of repetitions would be below 1."""
        if self.counts_loops(text):
            raise CannotSay("a number of repetitions depends on the repetition around it")
        self.guards.append(text)

    def counts_loops(self, text: str) -> bool:
        """Say whether a text mentions the variable of a loop around it."""
        return not mentioned_in(text).isdisjoint(self.names.loops.values())

    def guard_if(self, condition: str, before: int) -> None:
        """Let guards that were added hold only where a layer is there."""
        if self.counts_loops(condition):
            return
        self.guards[before:] = [f"({text} if {condition} else 1)" for text in self.guards[before:]]

    def guard_number(self, slot: Slot) -> None:
        """Ask for one repetition in a list: of none, the next layer would take its number."""
        if slot.uses and isinstance(slot.layer.repeat, str):
            contexts = [(use.trace, use.context) for use in slot.uses]
            self.guard(self.names.raw(slot.layer.repeat, contexts))

    def conditional_item(self, slot: Slot) -> Code:
        """Write a layer of a list that only some uses have."""
        if slot.splices:
            raise CannotSay(f"layer `{slot.key}` is spliced in some uses")
        before, guards = len(self.initial) + len(self.ties), len(self.guards)
        condition = self.condition(slot)
        present = Bracketed("[", (self.in_some(slot),), "]")
        self.guard_number(slot)
        self.guard_if(condition, guards)
        if len(self.initial) + len(self.ties) != before:
            raise CannotSay(f"layer `{slot.key}` has rules of its own and is not always there")
        return Unpacked(present, (f"if {condition}", "else []"))

    def condition(self, slot: Slot) -> str:
        """Write `when` for the uses among which it differs."""
        if not isinstance(slot.layer.when, str):
            raise CannotSay(f"layer `{slot.key}` is repeated 0 times in some uses")
        self.check_layers(slot)
        if any(_holds(slot.layer.when, body) for body in slot.absent):
            raise CannotSay(f"layer `{slot.key}` is repeated 0 times in some uses")
        contexts = [(body.trace, body.context) for body in slot.bodies]
        asked = self.names.asked  # its own sizes hold in all uses
        text = self.names.raw(slot.layer.when, contexts)
        self.names.asked = asked
        return text

    def check_layers(self, slot: Slot) -> None:
        """Refuse a layer that is there in some uses, and would be of another kind in others."""
        for name in mentioned(slot.layer):
            values = [body.context.module.scope.get(name) for body in slot.bodies]
            kinds = {repr(value.layer) for value in values if isinstance(value, LayerValue)}
            if len(kinds) > 1:
                raise CannotSay(f"the layer `{name}` differs where `{slot.key}` is absent")

    def decide(self, slot: Slot) -> None:
        """Pin what a condition depends on that is the same in all uses, as is a repeat of 0."""
        raws = (
            [slot.layer.when] if slot.uses or slot.splices else [slot.layer.when, slot.layer.repeat]
        )
        for body in slot.bodies:
            for raw in raws:
                if isinstance(raw, str):
                    names = body.trace.mentioned(parse(raw), body.context)
                    self.names.pin(body.trace, names)

    def pin_splice(self, slot: Slot) -> None:
        """Pin how many layers a splice makes, and whether what they hold is there."""
        for use in slot.splices:
            self.pin_spliced(use)

    def pin_spliced(self, use: Use) -> None:
        """Pin how many layers one splice makes."""
        layer = use.node.origin.layer
        self.pin_raw(use, layer.repeat if layer else None)
        for path, context in use.trace.bodies.items():
            if path[: len(use.path)] == use.path and len(path) <= len(use.path) + 1:
                self.pin_presence(use.trace, context)

    def pin_presence(self, trace: Trace, context: Context) -> None:
        """Pin what decides whether the layers of a body are there."""
        layers = context.module.definition.layers if context.module.definition else {}
        for raw in (raw for layer in layers.values() for raw in (layer.when, layer.repeat)):
            if isinstance(raw, str):
                self.names.pin(trace, trace.mentioned(parse(raw), context))

    def part(self, part: Part) -> Code:
        """Write a layer that a splice made."""
        if part.traced:
            return self.write(part.uses)
        if len(part.uses) != 1:
            raise CannotSay(f"`{part.name}` stands in a block that was spliced")
        return literally(self, part.node, (part.name,))

    def layer_of(self, module: Module, name: str) -> str:
        """Write how a layer parameter's value is constructed."""
        node = next(_readers(module, name), None)
        if not isinstance(node, Leaf):
            raise CannotSay(f"the layer `{name}` is no operation")
        return layer_text(node)

    def splice(self, slot: Slot) -> tuple[Code, ...]:
        """Write what a spliced layer holds among the items of the list around it."""
        node = slot.splices[0].node
        assert isinstance(node, Call)
        if node.module.kind is Kind.CHAIN:
            deep = slot.layer.splice == "all"
            found = self.attempt(lambda: chain(self, slot.splices, deep=deep))
            if found is not None:
                return found
            self.pin_splice(slot)
            return tuple(map(self.part, parts(slot)))
        if not is_class(node.module) and not node.trainable:
            held = Bracketed("*nn.Sequential(", self.items(bodies_of(slot.splices)))
            return (replace(held, tail=").requires_grad_(False)"),)
        if not is_class(node.module):
            return self.items(bodies_of(slot.splices))
        unpacked = self.attempt(lambda: self.unpacked(slot.splices))
        return (unpacked,) if unpacked is not None else tuple(map(self.part, parts(slot)))

    def unpacked(self, uses: tuple[Use, ...]) -> Code:
        """Write `*Conv(3, 64)`: the layers of a class that is a sequence."""
        called = self.classes.get(id(module_of(uses[0])))
        if called is not None and (not called.sequential or called.initial or called.ties):
            raise CannotSay("only a sequence can be spliced")
        code = self.write(uses)
        assert isinstance(code, Bracketed)
        return Bracketed(f"*{code.head}", code.items, code.tail)


def layer_text(node: Leaf) -> str:
    """Write what constructs a layer that a parameter brings: `nn.ReLU`, or a function."""
    brought = {name: node.given[name] for name in node.given if name not in node.origin.arguments}
    operation = node.operation
    if not isinstance(operation, ModuleOperation) or operation.called_oddly():
        raise CannotSay("what is no module is passed as a layer")
    if operation.definition() or operation.choosing & brought.keys() or len(node.inferred) > 1:
        raise CannotSay("a layer that is constructed in a way of its own is passed")
    if not brought and not operation.always:
        return operation.constructor()
    names = ", ".join(node.inferred)
    extra = [
        *((name, literal(value)) for name, value in brought.items()),
        *operation.always.items(),
    ]
    items = [*node.inferred, *(f"{name}={text}" for name, text in extra)]
    return f"lambda{f' {names}' if names else ''}: {operation.constructor()}({', '.join(items)})"


def _holds(raw: str, body: BodyUse) -> bool:
    """Say whether a condition is true in a use: the layer is absent for another reason then."""
    context, trace = body.context, body.trace
    tensors = {
        name: tensor.reshaped(*map(trace.actual, tensor.shape))
        for name, tensor in context.tensors.items()
    }
    values = {**context.module.scope}
    if context.index is not None:
        values["index"] = context.index
    return bool(evaluate(parse(raw), Scope(values, tensors)))


def _same(value: object, default: object) -> bool:
    return default is not REQUIRED and literal(value) == literal(default)


def _readers(module: Module, parameter: str) -> Iterator[Node]:
    """Give the layers that are what a layer parameter brings, also in groups and repetitions."""
    for node in nodes_of(module):
        if node.origin.parameter == parameter:
            yield node
        elif isinstance(node, Call) and node.module.kind in (Kind.GROUP, Kind.CHAIN):
            yield from _readers(node.module, parameter)


def _takes_float(node: Node, name: str) -> bool:
    """Say whether a layer reads a parameter where a number with a point may stand."""
    if isinstance(node, Call):
        mentions = any(name in mentioned_in(str(raw)) for raw in node.origin.arguments.values())
        return mentions and any(
            _takes_float(inner, key) or _takes_float(inner, name)
            for inner in node.module.nodes
            for key in (*node.module.arguments, name)
        )
    return isinstance(node, Leaf) and any(
        isinstance(getattr(node.operation, key, None), float)
        and isinstance(raw, str)
        and name in mentioned_in(raw)
        for key, raw in node.origin.arguments.items()
    )


_AXES = (-1, -2, -3, -4)
"""Marks that say which size of a weight an argument is."""


def _brought_by_value(use: Use) -> frozenset[str]:
    """Name the arguments that the value of a layer parameter brings."""
    value = use.context.module.scope.get(use.node.origin.parameter or "")
    return frozenset(value.layer.arguments) if isinstance(value, LayerValue) else frozenset()


def _leaf(use: Use) -> Leaf:
    if not isinstance(use.node, Leaf):
        raise CannotSay("a layer is an operation in some uses")
    return use.node


def _brought(use: Use) -> list[str]:
    return [name for name in _leaf(use).given if name not in use.node.origin.arguments]
