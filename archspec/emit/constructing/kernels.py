"""Write fixed kernels: constants of the file, by the names that they have in the spec."""

from archspec.emit.code import literal, statement
from archspec.emit.constructing.notes import Notes
from archspec.emit.constructing.pinning import pin_parameter
from archspec.emit.naming.names import Names
from archspec.emit.slots import CannotSay, Use, leaf_of
from archspec.operations.kernels import Kernel, Numbers, Row

_MOST_SHORT = 1000


def kernels_argument(names: Names, notes: Notes, uses: tuple[Use, ...], argument: str) -> str:
    """Write the kernels that an argument names; what decides them is pinned."""
    given = [leaf_of(use).given[argument] for use in uses]
    if any(kernels != given[0] for kernels in given):
        raise CannotSay("the kernels of a layer are different ones")
    pin_parameter(names, uses)
    for use in uses:
        _pin(names, use, argument)
    return value_text(notes, given[0])


def _pin(names: Names, use: Use, argument: str) -> None:
    """Pin the parameters that name a kernel, and those with which its numbers were computed."""
    module, raw = use.context.module, use.node.origin.arguments.get(argument)
    words = raw if isinstance(raw, list) else [raw]
    known = [word for word in words if isinstance(word, str) and word in module.scope]
    names.pin(use.trace, map(use.context.symbol_of, known))
    for kernel in _kernels(leaf_of(use).given[argument]):
        names.pin(use.trace, (f"{module.space}:{name}" for name in sorted(kernel.depends)))


def value_text(notes: Notes, value: object) -> str:
    """Write the value of an argument; of kernels, a list of constants that the file defines."""
    kernels = _kernels(value)
    return f"[{', '.join(_text(notes, item) for item in kernels)}]" if kernels else literal(value)


def _kernels(value: object) -> tuple[Kernel, ...]:
    items = value if isinstance(value, tuple) else ()
    return tuple(item for item in items if isinstance(item, Kernel))


def _text(notes: Notes, kernel: Kernel) -> str:
    """Write a kernel by its name; one of another spec has none here."""
    if not kernel.name:
        return tensor_text(kernel)
    name = f"{kernel.name.upper()}_KERNEL"
    definition = "\n".join(statement(f"{name} = {tensor_text(kernel)}", 0))
    notes.definitions[definition] = None
    return name


def tensor_text(kernel: Kernel) -> str:
    """Write the tensor of a kernel, its values times its factor.

    >>> tensor_text(Kernel("mean", ((1, 1, 1),), 1 / 3))
    'torch.tensor([[1, 1, 1]]) / 3'
    """
    scale, divisor = kernel.scale, round(1 / kernel.scale) if kernel.scale else 0
    tensor = f"torch.tensor({_rows(kernel.values)})"
    if scale == 1:
        return tensor
    if 1 < divisor <= _MOST_SHORT and scale == 1 / divisor:
        return f"{tensor} / {divisor}"
    return f"{tensor} * {literal(scale)}"


def _rows(values: Numbers | Row | float) -> str:
    if isinstance(values, tuple):
        return f"[{', '.join(_rows(item) for item in values)}]"
    large = isinstance(values, int) and abs(values) >= 2**53
    return literal(float(values) if large else values)
