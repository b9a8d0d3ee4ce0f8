"""The names that expressions may use, and expressions over them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from support.random_specs.chance import Chance
from support.random_specs.roles import DEFAULTS, NAMES, TYPES


@dataclass(slots=True)
class Parameter:
    """A parameter of the model or a block, as it is written, and what it is for."""

    name: str
    role: str
    written: object
    required: bool = False
    value: object = None


@dataclass(slots=True)
class Scope:
    """What a body sees; parameters are made when something wants one.

    `owner` holds the parameters of the block or model that the body is in, `numbers` the names of
    whole numbers of at least 2 that `let` makes, `stages` those of numbers from 0 on that count
    the repetitions of a group. In a block (`is_block`) parameters may be required. Where maps have
    `free` sizes, no weight may depend on them.
    """

    chance: Chance
    owner: dict[str, Parameter]
    outer: dict[str, Parameter] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    is_block: bool = False
    indexed: bool = False
    stages: list[str] = field(default_factory=list)
    free_sizes: bool = False

    def inner(self, *, indexed: bool = False) -> "Scope":
        """Give the scope of a group."""
        within = indexed or self.indexed
        numbers, stages = list(self.numbers), list(self.stages)
        return replace(self, numbers=numbers, stages=stages, indexed=within)

    def parameter(self, role: str) -> str:
        """Name a parameter for a role: one that there is, or a new one."""
        known = [item.name for item in self.owner.values() if item.role == role]
        seen = [item.name for item in self.outer.values() if item.role == role]
        seen = [name for name in seen if name not in self.owner]
        if known + seen and self.chance.happens(0.5):
            return self.chance.pick(known + seen)
        return self.new(role)

    def new(self, role: str) -> str:
        """Make a parameter."""
        name = self.free(NAMES[role])
        value = self.chance.pick(DEFAULTS[role])
        kind = TYPES.get(role, "int")
        written, required = value, False
        if self.is_block and self.chance.happens(0.4):
            written, required = kind, True
        elif role in ("mode", "choice"):
            written = {"type": "str", "default": value, "choices": list(DEFAULTS[role])}
        elif role == "width" and self.chance.happens(0.3):
            written = self.computed(value)
        elif self.chance.happens(0.3):
            written = {"type": kind, "default": value}
        self.owner[name] = Parameter(name, role, written, required, value)
        return name

    def computed(self, value: object) -> object:
        """Give a default that is an expression over the parameters before it."""
        before = [item.name for item in self.owner.values() if item.role == "width"]
        if not before:
            return value
        return {"type": "int", "default": f"min({self.chance.pick(before)} + 2, 8)"}

    def free(self, names: tuple[str, ...]) -> str:
        """Give a name that means nothing yet."""
        taken = {*self.owner, *self.numbers, *self.stages} | (
            set() if self.chance.happens(0.1) else {*self.outer}
        )
        plain = [name for name in names if name not in taken]
        if plain:
            return self.chance.pick(plain)
        return next(f"{names[0]}{n}" for n in range(2, 99) if f"{names[0]}{n}" not in taken)

    # --- expressions --------------------------------------------------------------------------

    def width(self, *others: str | None) -> str:
        """Write a number of channels, of at least 2 and at most about 16."""
        known = [text for text in (*others, *self.numbers) if text]
        ways: dict[Callable[[], str], float] = {
            lambda: str(self.chance.number(2, 8)): 3,
            lambda: self.parameter("width"): 4,
        }
        if known:
            ways[lambda: self.chance.pick(known)] = 2
        ways[lambda: self.composed(known)] = 2
        if self.stages:
            ways[lambda: f"{self.chance.number(2, 4)} + {self.chance.pick(self.stages)}"] = 2
        if self.indexed and "index" in self.chance.constructs:
            ways[lambda: f"{self.chance.number(2, 4)} + {self.chance.number(1, 2)} * index"] = 2
        return self.chance.weighted(ways)()

    def composed(self, known: list[str]) -> str:
        """Write an expression over a parameter or a width."""
        some = self.chance.pick([*known, "WIDTH", "WIDTH"]).replace(
            "WIDTH", self.parameter("width")
        )
        form = self.chance.pick(
            [
                "2 * (SOME)",
                "min(2 * SOME, 12)",
                "max(SOME // 2, 2)",
                "SOME + 1",
                "min(SOME, 4) * 2",
                "SOME if SOME % 2 == 0 else SOME + 1",
                "WIDTHS[0]",
                "sum(WIDTHS)",
                "max(round(4 * FACTOR), 2)",
                "make_divisible(FACTOR * SOME)",
                "SOME if FLAG else SOME + 1",
            ]
        )
        for role in ("widths", "factor", "flag"):
            if role.upper() in form:
                form = form.replace(role.upper(), self.parameter(role))
        if "FACTOR" in form:
            form = form.replace("FACTOR", self.parameter("factor"))
        if form == "2 * (SOME)":
            return f"2 * {some}" if some.isidentifier() or "." in some else f"min(2 * ({some}), 12)"
        return form.replace("SOME", some if some.isidentifier() else f"({some})")

    def written(self, text: str) -> object:
        """Write a number as a number."""
        return int(text) if text.isdigit() else text

    def count(self) -> object:
        """Write how often something is repeated."""
        if self.chance.happens(0.5):
            low = 0 if self.chance.may("zero", 0.2) else 1
            return self.chance.number(low, 3)
        if self.chance.happens(0.3):
            return f"{self.parameter('depths')}[{self.chance.number(0, 1)}]"
        if self.chance.happens(0.2):
            return f"{self.parameter('count')} + 1"
        return self.parameter("count")

    def some(self, role: str, literals: tuple[object, ...] = ()) -> object:
        """Write a value in a role: a literal or a parameter."""
        if self.chance.happens(0.6):
            return self.chance.pick(literals or DEFAULTS[role])
        return self.parameter(role)

    def condition(self, width: str | None = None) -> object:
        """Write a condition."""
        forms: list[Callable[[], object]] = [
            lambda: self.parameter("flag"),
            lambda: f"not {self.parameter('flag')}",
            lambda: f"{self.parameter('choice')} == 'some'",
            lambda: f"{self.parameter('stride')} != 1",
            lambda: f"{self.parameter('width')} > {self.chance.number(2, 6)}",
            lambda: self.chance.pick([True, False]),
            lambda: f"{self.parameter('flag')} or {self.parameter('width')} % 2 == 0",
        ]
        if width is not None:
            forms += [lambda: f"{width} > 4", lambda: f"{width} != {self.parameter('width')}"]
        if self.stages:
            forms += [lambda: f"{self.chance.pick(self.stages)} > 0"]
        if self.indexed and "index" in self.chance.constructs:
            forms += [lambda: "index > 0", lambda: "index % 2 == 0"]
        return self.chance.pick(forms)()

    def argument(self, parameter: Parameter, width: str | None) -> object:
        """Write an argument for a parameter of a block."""
        role = parameter.role
        if role == "width":
            return self.written(self.width(width))
        if role == "flag" and self.chance.happens(0.2):
            return f"{self.parameter('width')} > 4"
        return self.some(role)
