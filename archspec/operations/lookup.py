"""Find the class of an operation by its name in a spec.

It is one of ours, of an installed package, or of a file of Python that the caller names: no spec
can name a file.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from archspec.expressions import shorten
from archspec.operations.operation import Operation
from archspec.operations.vocabulary import FAMILIES
from archspec.sizes import Polynomial, Tensor
from archspec.source.files import read_file

GROUP = "archspec.operations"
"""The entry points by which an installed package adds operations, each under its name."""

ADDING = "one of your own is a class in a file of Python: `--ops FILE` adds it (docs/operations.md)"
"""How what is no operation can become one."""

_FILES: Mapping[str, str] = {
    name: file for file, names in FAMILIES.items() for name in names.split()
}

Own = Mapping[str, type[Operation]]
"""Operations by their names in a spec."""

LARGEST_FILE = 10_000_000

_OWN: ContextVar[Own] = ContextVar("_OWN")
_NONE: Own = {}


class BrokenOperation(Exception):
    """What a package or a file defines is no operation, or fails when it is imported or asked."""


class BrokenFile(BrokenOperation):
    """Such a file of one's own."""


@cache
def builtin() -> frozenset[str]:
    """Name the operations of archspec itself; none of them is loaded.

    >>> "conv2d" in builtin()
    True
    """
    return frozenset(_FILES)


@cache
def added() -> Mapping[str, EntryPoint]:
    """Find what installed packages registered; a name of archspec itself stays what it is."""
    return {item.name: item for item in entry_points(group=GROUP) if item.name not in builtin()}


def names() -> frozenset[str]:
    """Name every operation; none of them is loaded."""
    return builtin().union(added(), own())


def is_operation(name: str) -> bool:
    """Say whether an operation has a name; packages are asked for the names of no other.

    >>> is_operation("conv2d"), is_operation("conv2dd")
    (True, False)
    """
    return name in builtin() or name in own() or name in added()


@cache
def having(argument: str) -> tuple[str, ...]:
    """Name the operations of archspec itself that have an argument; all of them are loaded.

    >>> having("negative_slope")
    ('leaky_relu',)
    """
    return tuple(name for name in sorted(builtin()) if argument in load(name).model_fields)


def load(name: str) -> type[Operation]:
    """Load the class of an operation; `name` must be one of `names()`.

    Raises `BrokenOperation` where a package registered something else under the name.

    >>> load("conv2d").torch
    'nn.Conv2d'
    """
    return own().get(name) or _load(name)


@cache
def _load(name: str) -> type[Operation]:
    """Load what is always there: ours, and what packages add."""
    if name not in builtin():
        return _loaded(added()[name])
    module = import_module(f"archspec.operations.vocabulary.{_FILES[name]}")
    classes = (item for item in vars(module).values() if isinstance(item, type))
    return next(cls for cls in classes if issubclass(cls, Operation) and cls.op() == name)


def _loaded(entry: EntryPoint) -> type[Operation]:
    where = f"the operation `{entry.name}` of `{entry.value}`"
    try:
        loaded = entry.load()
    except Exception as error:  # whatever a package raises when it is imported
        raise BrokenOperation(f"{where} cannot be imported: {error}") from error
    if not isinstance(loaded, type) or not issubclass(loaded, Operation):
        raise BrokenOperation(f"{where} is no class derived from `archspec.operations.Operation`")
    if loaded.op() != entry.name:
        raise BrokenOperation(
            f"{where} is registered under another name than its own `{loaded.op()}`"
        )
    return loaded


# Operations of one's own, from files that the caller names.


def own() -> Own:
    """Give the operations of one's own that are in use here.

    >>> own()
    {}
    """
    return _OWN.get(_NONE)


@contextmanager
def using(operations: Own) -> Iterator[None]:
    """Let specs name operations of one's own, while this lasts; say which one fails."""
    token = _OWN.set({**own(), **operations})
    try:
        yield
    except Exception as error:
        broken = _blamed(error, operations.values())
        if broken is None:
            raise
        raise broken from error
    finally:
        _OWN.reset(token)


def from_files(paths: Iterable[str | Path]) -> Own:
    """Run files of Python, and give the operations that they define, to be used by `using`.

    An operation is a class of the file that is derived from `archspec.operations.Operation` and
    says in `torch` what it is in PyTorch. Its name is none that ours or a package's has. Raises
    `FileError` for a file that cannot be read, and `BrokenFile` where it defines no operation.
    """
    operations: dict[str, type[Operation]] = {}
    for path in map(Path, paths):
        for cls in _defined(path):
            if cls.op() in builtin().union(added(), operations):
                raise BrokenFile(
                    f"`{path}`: there is an operation `{cls.op()}` already, which `{cls.__name__}` "
                    "would replace: give the class another name"
                )
            operations[cls.op()] = cls
    return operations


def _defined(path: Path) -> list[type[Operation]]:
    """List the operations that a file defines; what it imports, or hides with `_`, is none."""
    module = _module(path)
    here = [item for item in vars(module).values() if _is_defined_in(module, item)]
    operations = [cls for cls in here if hasattr(cls, "torch")]
    if here and not operations:
        raise BrokenFile(f"`{path}`: `{here[0].__name__}` does not say in `torch` what it is there")
    if not operations:
        text = "defines no operation: a class derived from one of `archspec.operations`"
        raise BrokenFile(f"`{path}` {text}")
    for cls in operations:
        _check_class(path, cls)
    return operations


def _is_defined_in(module: ModuleType, item: object) -> bool:
    if not isinstance(item, type) or not issubclass(item, Operation):
        return False
    return item.__module__ == module.__name__ and not item.__name__.startswith("_")


def _module(path: Path) -> ModuleType:
    """Run a file as a module under a name of its own, by which pydantic finds it."""
    text = read_file(path, LARGEST_FILE)
    module = ModuleType(f"archspec_own_{sha256(str(path.resolve()).encode()).hexdigest()[:8]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, str(path), "exec"), vars(module))  # the caller's own program
    except (Exception, SystemExit) as error:  # whatever a file raises when it is run
        del sys.modules[module.__name__]
        raise BrokenFile(f"`{path}` cannot be imported: {_reason(error, path)}") from error
    return module


def _check_class(path: Path, cls: type[Operation]) -> None:
    """Refuse a class that could not be asked: no rule for what comes out, or fields of no type."""
    if cls.outputs is Operation.outputs:
        raise BrokenFile(f"`{path}`: `{cls.__name__}` does not say in `outputs` what comes out")
    try:
        tree = ast.parse(cls.source)
    except SyntaxError as error:
        reason = _reason(error, path)
        raise BrokenFile(f"`{path}`: `source` of `{cls.__name__}`: {reason}") from error
    root = cls.torch.partition(".")[0]
    if root.isidentifier() and root not in {"torch", "nn", *_defines(tree)}:
        text = f"`torch` of `{cls.__name__}` is `{cls.torch}`, which its `source` does not define"
        raise BrokenFile(f"`{path}`: {text}")
    try:
        cls.model_rebuild()
    except Exception as error:  # whatever pydantic finds wrong
        reason = _reason(error, path)
        raise BrokenFile(f"`{path}`: the fields of `{cls.__name__}`: {reason}") from error


def _defines(tree: ast.Module) -> Iterator[str]:
    """Name what a text defines or imports."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((item.asname or item.name).partition(".")[0] for item in node.names)
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _reason(error: BaseException, path: Path) -> str:
    """Say in one line what went wrong, and in which line of a file."""
    if isinstance(error, SyntaxError):
        return f"{error.msg}, in line {error.lineno}"
    numbers = [item.lineno for item in extract_tb(error.__traceback__) if _is(item.filename, path)]
    where = f", in line {numbers[-1]}" if numbers else ""
    first, *_ = str(error).splitlines() or [""]
    return f"{type(error).__name__}{': ' if first else ''}{first}{where}"


def _is(filename: str, path: Path) -> bool:
    return Path(filename).absolute() == path.absolute()


def _blamed(error: Exception, operations: Iterable[type[Operation]]) -> BrokenFile | None:
    """Say of which operation a rule failed; `None` where none did."""
    while isinstance(error.__cause__, Exception):  # only the first cause has a part in it
        error = error.__cause__
    frames = extract_tb(error.__traceback__)
    for cls in operations:
        path = Path(str(sys.modules[cls.__module__].__file__))
        if any(_is(frame.filename, path) for frame in frames):
            return BrokenFile(f"`{path}`: a rule fails: {_reason(error, path)}")
    if any(_EMITTED.fullmatch(frame.filename) for frame in frames):
        names = ", ".join(f"`{cls.op()}`" for cls in operations)
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return BrokenFile(f"what was built with {names} does not run: {reason}") if names else None
    return None


_EMITTED = re.compile(r"<(?!frozen|string|stdin).*>")
"""The name of what was written as source and is run."""


def check_result(operation: type[Operation], rule: str, value: object) -> None:
    """Raise `BrokenOperation` where a rule of an operation of one's own gives something else.

    Those of archspec itself are held against PyTorch by its tests.
    """
    if operation.__module__.startswith("archspec."):
        return
    is_right, wanted = _RESULTS[rule]
    if not is_right(value):
        kind = BrokenFile if own().get(operation.op()) is operation else BrokenOperation
        name = f"`{rule}` of the operation `{operation.op()}`"
        raise kind(f"{name} gives {shorten(repr(value))}, not {wanted}")


def _are_tensors(value: object) -> bool:
    return (
        isinstance(value, tuple) and all(isinstance(item, Tensor) for item in value) and value != ()
    )


def _are_shapes(value: object) -> bool:
    return isinstance(value, Mapping) and all(map(_is_shape, value.values()))


def _is_shape(value: object) -> bool:
    return isinstance(value, tuple) and all(type(size) is int for size in value)


def _is_count(value: object) -> bool:
    return value is None or isinstance(value, Polynomial) or type(value) is int


_RESULTS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "infer": (lambda value: isinstance(value, Mapping), "a mapping of arguments to sizes"),
    "outputs": (_are_tensors, "a tuple of `Tensor`"),
    "weights": (_are_shapes, "a mapping of names to shapes"),
    "buffers": (_are_shapes, "a mapping of names to shapes"),
    "macs": (_is_count, "an integer"),
}
"""What each rule gives, and how that is said."""
