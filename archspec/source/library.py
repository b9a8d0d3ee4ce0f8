"""Specs by name: a file in the folder, a shipped spec, or a variant of a shipped spec."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from archspec.diagnostics import close_names
from archspec.source import read
from archspec.source.files import FileError

SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A spec that comes with the package, and the names of its variants."""

    name: str
    path: Path
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Where the spec of a name stands: its file, its name in messages, perhaps its variant."""

    path: Path
    name: str
    variant: str | None = None


class SpecNotFound(LookupError):
    """Nothing has this name: no file, no shipped spec and no variant of one."""

    def __init__(self, name: str, similar: tuple[str, ...]) -> None:
        self.name = name
        self.similar = similar
        super().__init__(
            f"`{name}` is neither a file nor a shipped spec or variant{_hint(similar)}"
        )


def shipped() -> tuple[Shipped, ...]:
    """List the shipped specs by name, each with its variants.

    >>> [spec.name for spec in shipped() if spec.name == "resnet50"]
    ['resnet50']
    """
    return tuple(Shipped(path.stem, path, _variants(path)) for path in _files())


def families(names: Iterable[str]) -> tuple[Shipped, ...]:
    """Give the shipped specs that have a name, or a variant of it, or begin so.

    Raises `SpecNotFound` for a name that leads to none.

    >>> [spec.name for spec in families(["mobilenet", "resnet101"])]
    ['mobilenet_v2', 'mobilenet_v3', 'resnet']
    """
    every, found = shipped(), set[str]()
    for name in names:
        led = _family(every, name.removesuffix(SUFFIX))
        if not led:
            raise SpecNotFound(name, _similar(name))
        found |= led
    return tuple(spec for spec in every if spec.name in found)


def _family(every: Iterable[Shipped], name: str) -> set[str]:
    """Name the specs that begin so; else those of which a variant is called so, or begins so."""
    begin = {spec.name for spec in every if spec.name.startswith(name)}
    exact = {spec.name for spec in every if name in spec.variants}
    near = {spec.name for spec in every if any(it.startswith(name) for it in spec.variants)}
    return begin or exact or near


def find(name: str) -> Found:
    """Find the file of a spec: one in the folder goes before a shipped one, that before a variant.

    >>> find("resnet50").name
    'resnet50.yaml'
    """
    if os.path.lexists(name) and not os.path.isdir(name):
        return Found(Path(name), name)
    found = _find_shipped(name) or _find_variant(name)
    if found is not None:
        return found
    if os.path.isdir(name):
        return Found(Path(name), name)
    raise SpecNotFound(name, _similar(name))


def find_beside(name: str, folder: Path | None) -> Found:
    """Find the file of a spec that another one in `folder` names.

    A file in the folder goes before a shipped spec, and what leads out of the folder is refused.

    >>> find_beside("resnet50", None).name
    'resnet50.yaml'
    """
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise FileError(name, "lies outside the folder of the file that names it")
    if folder is not None and (folder / path).is_file():
        if not (folder / path).resolve().is_relative_to(folder.resolve()):
            raise FileError(name, "lies outside the folder of the file that names it")
        return Found(folder / path, name)
    found = _find_shipped(name) or _find_variant(name)
    if found is None:
        raise SpecNotFound(name, _similar(name, str(folder or "")))
    return found


def _files() -> list[Path]:
    return sorted(_folder().glob(f"*{SUFFIX}"))


def _folder() -> Path:
    """Give the folder of the shipped specs: in the wheel inside the package, else at the top."""
    packaged = Path(__file__).parents[1] / "specs"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "specs"


def _variants(path: Path) -> tuple[str, ...]:
    data = read(path.read_bytes(), path.name).data
    variants = data.get("variants") if isinstance(data, dict) else None
    return tuple(variants) if isinstance(variants, dict) else ()


def _find_shipped(name: str) -> Found | None:
    stem = name.removesuffix(SUFFIX)
    for path in _files():
        if path.stem == stem:
            return Found(path, path.name)
    return None


def _find_variant(name: str) -> Found | None:
    stem = name.removesuffix(SUFFIX)
    for spec in shipped():
        if stem in spec.variants:
            return Found(spec.path, spec.path.name, stem)
    return None


def _similar(name: str, folder: str = "") -> tuple[str, ...]:
    names = [os.path.relpath(path, folder or ".") for path in _specs_beside(folder, name)]
    if name + SUFFIX in names:
        return (name + SUFFIX,)
    for spec in shipped():
        names += [spec.name, *spec.variants]
    stems = {item.removesuffix(SUFFIX): item for item in reversed(names)}
    near = close_names(name.removesuffix(SUFFIX), reversed(stems))
    return tuple(stems[stem] for stem in near[:3])


def _specs_beside(folder: str, name: str) -> list[str]:
    folder = os.path.join(folder, os.path.dirname(name))
    if not os.path.isdir(folder or "."):
        return []
    names = sorted(os.listdir(folder or "."))
    return [os.path.join(folder, name) for name in names if name.endswith((SUFFIX, ".yml"))]


def _hint(similar: tuple[str, ...]) -> str:
    return f"; did you mean {', '.join(f'`{name}`' for name in similar)}?" if similar else ""
