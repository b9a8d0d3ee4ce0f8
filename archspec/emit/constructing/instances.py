"""Write an instance of an emitted class, with the arguments that are passed to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from archspec.elaborate import LayerValue
from archspec.emit.argument import REQUIRED, Argument, Emitted
from archspec.emit.code import literal, mentioned_in
from archspec.emit.constructing.layer_parameters import layer_of
from archspec.emit.constructing.operations import text_argument
from archspec.emit.constructing.pinning import pin_parameter, pin_raw
from archspec.emit.naming.names import Names
from archspec.emit.naming.sizes import Sized
from archspec.emit.pieces import Bracketed, Code
from archspec.emit.slots import CannotSay, Use, module_of
from archspec.emit.specialisations import nodes_of
from archspec.emit.written import Call
from archspec.graph import Leaf, Node


@dataclass(frozen=True, slots=True)
class InstanceWriter:
    """Writes instances in the names of one class; `classes` are those of called modules."""

    names: Names
    classes: Mapping[int, Emitted]

    def write(self, uses: tuple[Use, ...]) -> Code:
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
                return text_argument(self.names, uses, raws[0])
            return self.names.raw(raws[0], contexts, self.wanted(uses, name, value))
        parameter = getattr(module_of(uses[0]).definition, "params", {}).get(name)
        if parameter is not None and parameter.computed and argument.default is None:
            return None
        if any(not _same(module_of(use).arguments[name], value) for use in uses):
            raise CannotSay(f"`{name}` differs")
        pin_parameter(self.names, uses)
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
        texts = {layer_of(module_of(use), name) for use in uses}
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

    def pin_passed(self, uses: tuple[Use, ...], name: str) -> None:
        """Pin what a symbol on which the called class depends is here."""
        for use in uses:
            module, trace = module_of(use), use.trace
            own = name.removeprefix(f"{module.space}:") if module.is_model else name
            port, dot, index = name.partition(".")
            if own in module.arguments:
                pin_raw(self.names, use, use.node.origin.arguments.get(own))
            elif ":" in name:
                self.names.pinned.add(name)
            elif not dot:
                pin_raw(self.names, use, name)
            else:
                slot = list(module.inputs).index(port)
                self.names.pinned |= trace.dependence(use.traced.inputs[slot].shape[int(index)])


def _same(value: object, default: object) -> bool:
    return default is not REQUIRED and literal(value) == literal(default)


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
