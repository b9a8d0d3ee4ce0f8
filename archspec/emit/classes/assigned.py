"""What a class assigns in its constructor: its layers, as attributes or as items by number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archspec.emit.code import layout, literal
from archspec.emit.pieces import Bracketed, Code, prefixed


@dataclass(frozen=True, slots=True)
class Assigned:
    """A layer in the constructor: the lines that make it.

    Where one constructor is all there is to it, `name` and `code` are apart, too. `sometimes` is
    a module that is only there under a condition.
    """

    lines: tuple[str, ...]
    name: str = ""
    code: Code = ""
    sometimes: bool = False

    @property
    def is_module(self) -> bool:
        """Whether it is one module and no more."""
        return bool(self.name)


def assigned(name: str, code: Code, *, value: bool = False) -> Assigned:
    """Assign a layer, whatever its name; a `value` is a tensor, no module.

    >>> assigned("relu", "nn.ReLU()").lines
    ('        self.relu = nn.ReLU()',)
    """
    lines = tuple(assignment(name, code, 2, value=value))
    return Assigned(lines) if value else Assigned(lines, name, code)


def assignment(name: str, code: Code, indent: int, *, value: bool = False) -> list[str]:
    """Write the assignment of a layer, whatever its name; a `value` is a tensor, no module.

    >>> assignment("relu", "nn.ReLU()", 0), assignment("0", "nn.ReLU()", 0)
    (['self.relu = nn.ReLU()'], ['self.add_module("0", nn.ReLU())'])
    """
    if name.isidentifier():
        return layout(code, indent, f"self.{name} = ")
    register = "register_parameter" if value else "add_module"
    if value and isinstance(code, Bracketed) and code.head == "nn.Buffer(":
        return layout(Bracketed("self.register_buffer(", (literal(name), *code.items)), indent)
    return layout(Bracketed(f"self.{register}(", (literal(name), code)), indent)


def reordered(
    made: Sequence[tuple[str, list[Assigned]]], order: Sequence[str]
) -> list[tuple[str, list[Assigned]]]:
    """Let the layers that are named take, in this order, the places that they hold.

    >>> [key for key, _ in reordered([("a", []), ("b", []), ("c", [])], ["c", "a"])]
    ['c', 'b', 'a']
    """
    ranks = iter([item for name in order for item in made if item[0] == name])
    return [next(ranks) if item[0] in order else item for item in made]


def container(made: Sequence[Assigned]) -> str:
    """Say what a class is whose layers are called by their numbers: a list, or a dictionary.

    A class whose layers have names is a plain module.
    """
    names = [item.name for item in made if item.is_module]
    if not names or not all(map(str.isdigit, names)) or any(item.sometimes for item in made):
        return "nn.Module"
    counted = names == [str(number) for number in range(len(names))]
    return "nn.ModuleList" if counted else "nn.ModuleDict"


def held(made: Iterable[Assigned], base: str) -> list[str]:
    """Write how a list or a dictionary is made of its layers."""
    modules = [item for item in made if item.is_module]
    if base == "nn.ModuleList":
        items = Bracketed("[", tuple(item.code for item in modules), "]", exploded=len(modules) > 1)
    else:
        pairs = tuple(prefixed(f"{literal(item.name)}: ", item.code) for item in modules)
        items = Bracketed("{", pairs, "}", exploded=len(pairs) > 1)
    return layout(Bracketed("super().__init__(", (items,)), 2)
