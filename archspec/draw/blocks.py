"""The different blocks of a network: those built alike, whatever their sizes, are one."""

from collections.abc import Callable
from dataclasses import dataclass

from archspec.draw.alike import alike_modules
from archspec.graph import Kind, Module, Network


@dataclass(frozen=True, slots=True)
class Definition:
    """A block as it is drawn: its name in the figure, and all modules that are built so."""

    name: str
    modules: tuple[Module, ...]


def definitions(network: Network) -> tuple[Definition, ...]:
    """Give every different block once, in the order in which they are first used.

    Where a condition makes one block into several, they are told apart by letters.
    """
    groups = _groups(network)
    names = [group[0].name for group in groups]
    lettered = (_lettered(names, index) for index in range(len(names)))
    return tuple(map(Definition, lettered, map(tuple, groups)))


def names_of(found: tuple[Definition, ...]) -> Callable[[Module], str]:
    """Give the function that says what a module is called in the figure."""
    names = {id(module): item.name for item in found for module in item.modules}
    return lambda module: names.get(id(module), module.name)


def _groups(network: Network) -> list[list[Module]]:
    groups: list[list[Module]] = []
    for module in network.modules():
        if module.kind is not Kind.BLOCK:
            continue
        group = next((group for group in groups if _built_alike(group[0], module)), None)
        if group is None:
            groups.append([module])
        else:
            group.append(module)
    return groups


def _built_alike(one: Module, other: Module) -> bool:
    return alike_modules(one, other, sized=False)


def _lettered(names: list[str], index: int) -> str:
    """Add a letter to a name that comes more than once.

    >>> [_lettered(["unit", "unit", "stem"], index) for index in range(3)]
    ['unit A', 'unit B', 'stem']
    """
    name = names[index]
    if names.count(name) == 1:
        return name
    return f"{name} {_letters(names[:index].count(name))}"


def _letters(number: int) -> str:
    letter = chr(ord("A") + number % 26)
    return letter if number < 26 else _letters(number // 26 - 1) + letter
