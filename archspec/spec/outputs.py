"""What a body gives: `outputs` as one reference, a list of them, or by names."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from archspec.diagnostics import BadName, MissingKey, Remedy, UnknownReference, Without, WrongType
from archspec.spec.forms import check_reference
from archspec.spec.wrong import told, unknown_key, wrong

Packing = Literal["one", "list", "names"]
"""How PyTorch gives it: a tensor, a tuple, a dict."""


class Output(NamedTuple):
    """One output: whose value it is, the condition on which it is there, and whether in training.

    A reference to a layer that gives several values stands for all of them.
    """

    reads: str
    when: str | bool | None = None
    training: bool = False


class Outputs(NamedTuple):
    """The outputs of a body under their names, or under their numbers in a list."""

    packing: Packing
    items: Mapping[str, Output]


def read_outputs(raw: Any) -> Outputs:
    """Read `outputs`.

    >>> read_outputs({"logits": "fc"})
    Outputs(packing='names', items={'logits': Output(reads='fc', when=None, training=False)})
    """
    if isinstance(raw, list):
        items = {str(index): _output(item, index) for index, item in enumerate(raw)}
        return Outputs("list", _some(items))
    if isinstance(raw, dict) and "from" not in raw:
        for name in raw:
            _check_name(name)
        return Outputs("names", _some({name: _output(item, name) for name, item in raw.items()}))
    return Outputs("one", {"0": _output(raw)})


def _some(items: dict[str, Output]) -> dict[str, Output]:
    if not items:
        help = Remedy(
            "leave `outputs` out, and the body gives what its last layer gives", Without()
        )
        raise wrong(UnknownReference("`outputs` names nothing", help=help))
    return items


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name or "." in name:
        text = f"`{name}` is no name of an output"
        raise wrong(BadName(text, help="a name is a text without `.`"), *_below(name))


def _below(name: object) -> tuple[str | int, ...]:
    return (name,) if isinstance(name, str | int) else ()


def _output(raw: Any, *below: str | int) -> Output:
    if not isinstance(raw, dict):
        check_reference(raw, *below)
        return Output(str(raw))
    for key in raw:
        if key not in ("from", "when", "training"):
            raise wrong(unknown_key(str(key), ("from", "when", "training")), *below, key)
    if "from" not in raw:
        raise wrong(MissingKey("an output says by `from` what it is"), *below)
    check_reference(raw["from"], *below, "from")
    when, training = raw.get("when"), raw.get("training", False)
    if when is not None and not isinstance(when, str | bool):
        text = f"`when` must be a condition, not {told(when)}"
        raise wrong(WrongType(text), *below, "when")
    if not isinstance(training, bool):
        text = f"`training` must be `true` or `false`, not {told(training)}"
        raise wrong(WrongType(text), *below, "training")
    return Output(str(raw["from"]), when, training)
