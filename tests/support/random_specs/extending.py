"""A spec that starts from another file."""

from collections.abc import Mapping

from support.random_specs.chance import Chance
from support.random_specs.drawn import RandomSpec
from support.random_specs.operations import Layer
from support.random_specs.roles import DEFAULTS
from support.random_specs.scope import Parameter

MERGED = ("params", "let", "blocks", "init", "variants")
"""The keys that are merged by name where a spec extends another."""

BASES = ("base.yaml", "start.yaml")


def extended(
    chance: Chance, data: Layer, parameters: Mapping[str, Parameter]
) -> tuple[Layer, dict[str, Layer]]:
    """Take a spec apart, so that it starts from one or two further files."""
    own, base = _apart(chance, data, parameters)
    files = {BASES[0]: base}
    if chance.happens(0.3):
        upper, files[BASES[1]] = _apart(chance, base, parameters)
        files[BASES[0]] = {"archspec": 1, "name": "Base", "extends": BASES[1]} | upper
    return {"archspec": 1, "name": "Net", "extends": BASES[0]} | own, files


def _rest(data: Layer) -> Layer:
    return {key: value for key, value in data.items() if key not in ("archspec", "name")}


def _apart(chance: Chance, data: Layer, parameters: Mapping[str, Parameter]) -> tuple[Layer, Layer]:
    """Give what a spec says of its own, and the file that holds the rest."""
    own: Layer = {}
    base: Layer = {"archspec": 1, "name": "Base"}
    for key, value in _rest(data).items():
        if key == "params" and isinstance(value, dict):
            changed = _changed(chance, value, parameters)
            base[key] = value | changed
            own |= {key: {name: value[name] for name in changed}} if changed else {}
        elif key in MERGED and isinstance(value, dict):
            mine = {name: item for name, item in value.items() if chance.happens(0.3)}
            rest = {name: item for name, item in value.items() if name not in mine}
            base |= {key: rest} if rest else {}
            own |= {key: mine} if mine else {}
        else:
            (own if chance.happens(0.25) else base)[key] = value
    return own, base if "layers" in base else base | {"layers": {"act": "relu"}}


def _changed(chance: Chance, params: Layer, parameters: Mapping[str, Parameter]) -> Layer:
    """Draw other defaults for some of the parameters."""
    plain = [name for name, value in params.items() if not isinstance(value, dict)]
    return {
        name: chance.pick(DEFAULTS[parameters[name].role])
        for name in plain
        if parameters[name].role in DEFAULTS and chance.happens(0.4)
    }


def merged(spec: RandomSpec) -> Layer:
    """Write a spec out that extends another."""
    data = dict(spec.data)
    while "extends" in data:
        data = _over(spec.files[str(data["extends"])], data)
    return data


def _over(base: Layer, own: Layer) -> Layer:
    rest = {key: value for key, value in own.items() if key != "extends"}
    return base | rest | {key: _joined(base.get(key), rest[key]) for key in MERGED if key in rest}


def _joined(base: object, own: object) -> object:
    return base | own if isinstance(base, dict) and isinstance(own, dict) else own
