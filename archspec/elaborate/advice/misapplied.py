"""Why an operation cannot be applied: what is wrong about its arguments, and what it reads.

`apply` stops at the first thing that is wrong. Here all of them are looked for, one by one.
"""

from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass

from pydantic import ValidationError

from archspec.diagnostics import (
    ChannelMismatch,
    EmptyTensor,
    Entry,
    Maker,
    MissingKey,
    OutOfRange,
    Path,
    Place,
    Problem,
    RankMismatch,
    Remedy,
    ShapeMismatch,
    SymbolicValue,
    UnknownKey,
    UnknownName,
    WindowTooLarge,
    Without,
    WrongArity,
    WrongDtype,
    WrongType,
)
from archspec.document import LAYER_KEYS, close_match, listed, problems
from archspec.elaborate.advice.branches import same_condition
from archspec.elaborate.advice.fitting import (
    Rebuild,
    fitting,
    projection,
    with_fitting,
    without_batch,
)
from archspec.elaborate.advice.sources import (
    absence,
    absence_notes,
    joins_any,
    makers,
    one_of_several,
    one_value,
    origins,
    where_absent,
)
from archspec.elaborate.apply import check_arity, infer, typed, value_of
from archspec.elaborate.fixed_kernels import report_kernels
from archspec.elaborate.state import Frame, State, Unit
from archspec.elaborate.targets import Written, name_place
from archspec.elaborate.values import number
from archspec.expressions import POISON, Poisoned, Scope
from archspec.operations import Operation
from archspec.operations.fields import PADDING_WORDS
from archspec.sizes import Tensor

_OF_INPUTS = (ShapeMismatch, ChannelMismatch, RankMismatch, WrongDtype)
"""What may be wrong because a layer reads all values of another one."""

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Misapplied:
    """A layer whose operation cannot be applied: the body it stands in, and how to build others."""

    state: State
    frame: Frame
    unit: Unit
    rebuild: Rebuild

    @property
    def operation(self) -> type[Operation]:
        """The operation that cannot be applied."""
        assert self.unit.target.operation is not None
        return self.unit.target.operation

    def report(self) -> None:
        """Report all that is wrong; nothing where that is only what failed before."""
        inferred = self._inferred()
        certain = inferred is not None
        inferred = inferred or dict.fromkeys(self.operation.inferred, POISON)
        given = {
            name: self._argument(name, written, inferred)
            for name, written in self.unit.target.arguments.items()
        }
        for name in self.operation.inferred:
            if name in given:
                problem = self._read_off(name, given.pop(name), inferred)
                path = self.unit.target.arguments[name].path
                self.fail(problem, Place(path, key=isinstance(problem, UnknownKey)))
                certain = False
        operation = self._validated(given)
        if operation is not None and certain:
            self._report_rules(operation, given)

    # --- what it reads ----------------------------------------------------------------------

    @property
    def _tensors(self) -> tuple[Tensor, ...]:
        return tuple(tensor for tensor in self.unit.inputs if tensor is not None)

    def _inferred(self) -> Values | None:
        """Infer what the inputs say; `None` where one of them failed or does not fit."""
        try:
            check_arity(self.operation, len(self.unit.inputs))
            if len(self._tensors) < len(self.unit.inputs):
                return None
            return infer(self.operation, self._tensors)
        except Problem as problem:
            self._label(problem)
            self.fail(problem)
            return None

    def _report_rules(self, operation: Operation, given: Values) -> None:
        """Report what the rules of the operation refuse."""
        tensors, batch = self._tensors, self.state.batch
        try:
            typed(operation, tensors, batch)
        except Problem as problem:
            problem = copy(problem)
            self._label(problem)
            if isinstance(problem, WindowTooLarge | EmptyTensor):
                entries = fitting(operation, given, tensors, batch)
                problem.help = with_fitting(problem, entries)
            self.fail(problem)

    def _label(self, problem: Problem) -> None:
        """Say what the layer reads, unless the operation has a label of its own."""
        shapes = [str(tensor) for tensor in self.unit.inputs]
        if problem.label is None and shapes:
            *most, last = shapes
            problem.label = f"reads {', '.join(most)} and {last}" if most else f"reads {last}"

    def fail(self, problem: Problem, place: Place | None = None) -> None:
        """Report a problem, at the layer itself or a place in it, with where its values come from.

        What would help is chosen by what is wrong.
        """
        frame, unit, report = self.frame, self.unit, self.state.report
        if unit.repetition:
            text = f"this is repetition {unit.repetition} of the layer, counted from 0"
            problem.notes += (text,)
        problem.notes += absence_notes(frame, unit)
        if isinstance(problem, SymbolicValue | RankMismatch):
            merged = without_batch(frame, unit, self.state.batch)
            if merged is not None:
                report.add(*merged)
                return
        made: tuple[Maker, ...] = ()
        if isinstance(problem, ShapeMismatch | ChannelMismatch):
            made = makers(frame, unit.sources)
        problem.help = self._help(problem) or problem.help
        related = (*origins(report, frame, unit.sources), *where_absent(frame, unit))
        report.add(problem, place or Place(unit.path, key=True), related, made)

    def _help(self, problem: Problem) -> str | None:
        """Say what would help, where the shapes or the number of values are wrong."""
        frame, unit = self.frame, self.unit
        help: str | None = None
        if isinstance(problem, ShapeMismatch | ChannelMismatch):
            gone = any(absence(frame, port) for port in unit.sources)
            help = same_condition(frame, unit) if gone else projection(self.rebuild, frame, unit)
        if isinstance(problem, _OF_INPUTS) and joins_any(unit):
            help = one_of_several(frame, unit) or help
        if isinstance(problem, WrongArity) and len(unit.inputs) > 1:
            choose = one_value if self.operation.arity[1] == 1 else one_of_several
            help = choose(frame, unit) or help
        return help

    # --- its arguments ----------------------------------------------------------------------

    def _argument(self, name: str, written: Written, inferred: Values) -> object:
        """Evaluate an argument, or report what is wrong about it."""
        report, kernels = self.state.report, self.state.kernels
        if name in self.operation.kernels():
            return report_kernels(report, kernels, written)
        try:
            return value_of(self.operation, name, written, kernels, lambda: inferred)
        except Problem as problem:
            report.add(self._explained(problem, name, written, inferred), Place(written.path))
        except Poisoned:
            pass
        return POISON

    def _explained(
        self, problem: Problem, name: str, written: Written, inferred: Values
    ) -> Problem:
        """Say of an argument whose names are unknown what may stand there."""
        raw, scope, _ = written
        fewest, most = self.operation.arity
        words = self.operation.keywords().get(name)
        if isinstance(problem, UnknownName):
            problem = _with_inferred(problem, raw, scope, inferred)
        if words and isinstance(problem, UnknownName):
            beside = f"beside numbers `{name}` may be {listed(sorted(words), 'or')}"
            problem.help = close_match(str(raw), words) or beside
        elif isinstance(problem, UnknownName) and isinstance(raw, str):
            return self._word(name, raw) or problem
        elif isinstance(raw, str) and raw in scope.tensors and (most is None or most > fewest):
            problem.help = f"leave out `{name}`, and read `{raw}` beside the first value by `from`"
        return problem

    def _word(self, name: str, raw: str) -> Problem | None:
        """Say what stands for a word that an argument has elsewhere, and not in this operation."""
        instead = self.operation.instead_of(name, raw.lower(), self._beside(name))
        if instead is None and raw.lower() not in PADDING_WORDS:
            return None
        text = f"`{name}` of `{self.operation.op()}` takes numbers, not `{raw}`"
        if instead is None:
            return WrongType(text)
        arguments, purpose = instead
        entries = tuple(Entry(key, _yaml(value)) for key, value in arguments.items())
        shown = " and ".join(f"`{entry.key}: {entry.text}`" for entry in entries)
        return WrongType(text, help=Remedy(f"write {shown}, for {purpose}", entries))

    def _beside(self, name: str) -> dict[str, object]:
        """Evaluate the arguments beside one, as far as they can be."""
        values: dict[str, object] = {}
        for key, written in self.unit.target.arguments.items():
            if key == name or not isinstance(written.raw, str | list | int):
                continue
            with suppress(Problem, Poisoned):
                values[key] = number(written.raw, written.scope)
        return values

    def _read_off(self, name: str, value: object, inferred: Values) -> Problem:
        """Refuse an argument that nobody writes: what was written may even be wrong."""
        op, right = self.operation.op(), inferred.get(name)
        help = Remedy(f"leave `{name}` out: `{op}` reads it off its input", Without())
        if right is POISON or value is POISON or value == right:
            return UnknownKey(f"`{name}` is no argument here", help=help)
        if name != "in_channels":
            text = f"`{name}` must be what the input has: {right}, not {value}"
            return ShapeMismatch(text, help=help)
        return ChannelMismatch(
            "the number of channels in the input and in the kernel must match: "
            f"the input has {right}, and `{name}` says {value}",
            help=help,
        )

    def _validated(self, given: Values) -> Operation | None:
        """Validate the arguments; what failed before is not reported again."""
        if not given and not self.operation.required():
            return self.operation.model_construct()
        values = {name: value for name, value in given.items() if value is not POISON}
        poisoned = given.keys() - values.keys()
        try:
            operation = self.operation.model_validate(values)
            return operation if not poisoned else None
        except ValidationError as error:
            owner = f"`{self.operation.op()}`"
            for problem, inside in problems(error, (), self._keys, owner, poisoned):
                place = self._place(problem, inside)
                if len(inside.path) < 2:
                    problem.help = problem.help or self._how_to_write(problem, place)
                elif isinstance(problem, UnknownKey):  # in a mapping, which has keys of its own
                    problem.help = problem.help or f"it takes {listed(self._keys(inside.path))}"
                self.state.report.add(problem, place)
            return None

    def _keys(self, path: Path = ()) -> list[str]:
        """Name the keys that may stand at a path: of a layer, or of a mapping of arguments."""
        if path:
            return list(self.operation.mappings().get(str(path[0]), ()))
        return [*self.operation.model_fields, *(LAYER_KEYS - {"op", "block"})]

    def _how_to_write(self, problem: Problem, place: Place) -> str | None:
        """Say how the operation is written, where nothing better is certain."""
        fields, name = list(self.operation.model_fields), str(place.path[-1]) if place.path else ""
        if isinstance(problem, MissingKey):
            required = "".join(f", {field}: …" for field in self.operation.required())
            return f"write `{{op: {self.operation.op()}{required}}}`"
        if isinstance(problem, UnknownKey):
            return f"it takes {listed(fields)}" if fields else "it takes no arguments"
        written = self.unit.target.arguments.get(name)
        if isinstance(problem, OutOfRange) and written and isinstance(written.raw, str):
            instead = self._word(name, written.raw)
            return instead.help if instead is not None else None
        return None

    def _place(self, problem: Problem, inside: Place) -> Place:
        """Find the argument that a problem is about; without a path it is the one named first."""
        path = inside.path
        name = path[0] if path else problem.message.split("`")[1].partition(":")[0]
        written = self.unit.target.arguments.get(str(name))
        if written is None or isinstance(problem, MissingKey):
            return name_place(self.unit.layer, self.unit.path)
        return Place((*written.path, *path[1:]), key=inside.key)


def _with_inferred(problem: Problem, raw: object, scope: Scope, inferred: Values) -> Problem:
    """Give the problem of an unknown name with what is inferred among the names that there are."""
    try:
        number(raw, scope.extended(inferred))
    except Problem as further:
        return further
    return problem


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
