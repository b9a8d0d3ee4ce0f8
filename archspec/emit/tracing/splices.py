"""What was spliced into a body: the paths of its layers below the call that it was."""

from collections.abc import Collection

from archspec.emit.tracing.trace import Names
from archspec.emit.written import Call, Splice
from archspec.graph import Kind, Node, repetitions


def splice_name(key: str) -> str:
    """Name a spliced layer in a trace, apart from all names of layers.

    >>> splice_name("stages")
    '*stages'
    """
    return f"*{key}"


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
