"""The emitted source as a text, as a file that tools read, and as a module that runs."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from support.constructs import NORMALISED, SAMPLED
from support.emitting import agree, architecture, emitted_class, minimal, same_function
from support.sampling import sampled

import archspec
from archspec.api import Architecture
from archspec.document.names import MODULE_ATTRIBUTES
from archspec.emit import VerificationError
from archspec.source.library import shipped

GOLDENS = (
    "alexnet",
    "densenet121",
    "gpt2",
    "mobilenet_v2",
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "unet",
    "vgg11_bn",
    "vgg16",
    "vit_b_16",
    "yolov8n",
)
_SHIPPED = (name for spec in shipped() for name in (spec.name, *spec.variants))
NAMES = tuple(dict.fromkeys(_SHIPPED))
FILES = tuple(spec.name for spec in shipped())
OTHERS = {
    name: f"archspec: 1\nname: Net\n{text}"
    for name, text in (("normalised", NORMALISED), ("sampled", SAMPLED))
}
"""Networks of what no shipped one has."""

SMALL = (3, 64, 64)
AT_THEIR_OWN_SIZE = ("bert", "gpt2", "inception_v3", "lenet5", "maxvit", "siamese", "yolov8")


# Equal layers, and rows that nothing reads, only take time: `make plant` has all of them.
FEWER: dict[str, dict[str, Any]] = {
    "bert": {"depth": 2, "vocabulary": 1000},
    "gpt2": {"depth": 2, "vocabulary": 1000},
    "maxvit": {"depths": [1, 1, 1, 1]},
}


@pytest.mark.parametrize("name", GOLDENS)
def test_the_source_is_as_it_was_read(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"torch/{name}.py", archspec.load(name).to_source())


VERIFIED = ("gpt2", "lenet5", "mobilenet_v3", "resnet_cifar", "shufflenet_v2", "siamese", "unet")


@pytest.mark.parametrize("name", sampled(FILES, VERIFIED))
def test_every_shipped_network_is_built_as_inferred(name: str) -> None:
    own = name in AT_THEIR_OWN_SIZE
    fewer = FEWER.get(name, {})
    network = archspec.load(name, **fewer) if own else archspec.load(name, input=SMALL, **fewer)
    found = network.verify()
    named = network.to_torch().named_parameters(remove_duplicate=False)
    assert found.parameters == len(list(named))


def test_a_label_is_nowhere_in_a_source() -> None:
    plain, labelled = (
        f"layers:\n  a: {{op: conv2d, out_channels: 3, kernel_size: 1, repeat: 3{one}}}\n"
        f"  again: {{share: a{two}}}\n  g: {{layers: [relu, {{op: linear, out_features: 3{one}}}]"
        f"{two}}}\n  'd{{index}}': {{op: relu, repeat: 2{two}}}\n"
        for one, two in (("", ""), (", label: each index", ", label: two"))
    )
    head = "archspec: 1\nname: Net\ninput: [N, 3, 32, 32]\n"
    assert architecture(head + plain).to_source() == architecture(head + labelled).to_source()


def written(folder: Path, names: Iterable[str]) -> Path:
    for name in names:
        (folder / f"{name}.py").write_text(archspec.load(name).to_source(), encoding="utf-8")
    for name, text in OTHERS.items():
        (folder / f"{name}.py").write_text(architecture(text).to_source(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("emitted"), FILES)


@pytest.fixture(scope="module")
def every_source(sources: Path) -> Path:
    return written(sources, NAMES)


TOOLS = (
    ("ruff", "format", "--isolated", "--check", "--line-length", "100"),
    ("ruff", "check", "--isolated", "--line-length", "100"),
    ("mypy", "--strict"),
)


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_have_nothing_to_say_of_a_source(sources: Path, tool: tuple[str, ...]) -> None:
    check_with(tool, sources)


@pytest.mark.long
@pytest.mark.parametrize("tool", TOOLS)
def test_tools_have_nothing_to_say_of_a_variant(every_source: Path, tool: tuple[str, ...]) -> None:
    check_with(tool, every_source)


def check_with(tool: tuple[str, ...], folder: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", *tool, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_two_layers_of_which_one_is_there_are_a_choice(sources: Path) -> None:
    text = (sources / "mobilenet_v3.py").read_text()
    assert "            nn.Hardswish() if hardswish else nn.ReLU(),\n" in text


def test_a_list_that_stays_as_it_is_has_a_name(sources: Path) -> None:
    text = (sources / "efficientnet.py").read_text()
    stage = text[text.index("class Stage") : text.index("class EfficientNet")]
    assert "        widths = (32, 16, 24, 40, 80, 112, 192, 320, 0)\n" in stage
    assert stage.count("make_divisible(widths[number + 1])") == 3


def test_resnet50_is_short(sources: Path) -> None:
    assert len((sources / "resnet50.py").read_text().splitlines()) <= 110


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_imported_but_torch(name: str, sources: Path) -> None:
    tree = ast.parse((sources / f"{name}.py").read_text())
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    assert "torch" in modules
    assert modules <= {"torch", "math", "collections", "collections.abc"}


ARGUMENTS: list[tuple[str, dict[str, Any]]] = [
    ("resnet50", {"num_classes": 10, "depths": [3, 4, 23, 3]}),
    ("resnet50", {"depths": [1, 1, 1, 1]}),
    ("resnet18", {"num_classes": 7, "depths": [1, 2, 3, 1]}),
    ("resnext50_32x4d", {"groups": 16, "base_width": 8, "depths": [1, 1, 2, 1]}),
    ("resnet50_paper", {"stride_on_1x1": False, "depths": [1, 1, 2, 1]}),
    ("vgg11", {"num_classes": 7, "depths": [2, 1, 1, 3, 1], "dropout": 0.1}),
    ("vgg11", {"depths": [2, 1, 1, 3, 0]}),
    ("alexnet", {"num_classes": 7, "dropout": 0.2}),
]


@pytest.mark.parametrize("number", sampled(range(len(ARGUMENTS)), [1, 2, 3, 7]))
def test_other_arguments_are_what_set_builds(number: int) -> None:
    name, parameters = ARGUMENTS[number]
    base = archspec.load(name)
    ours = emitted_class(base.to_source(), base.network.model.name)
    given = {key: tuple(v) if isinstance(v, list) else v for key, v in parameters.items()}
    theirs = archspec.load(name, **parameters).to_torch()
    assert same_function(ours(**given), theirs, (1, *SMALL))


def test_a_repeat_of_0_for_which_numbers_would_not_hold_is_refused() -> None:
    base = archspec.load("resnet50")
    ours = emitted_class(base.to_source(), "ResNet50")
    with pytest.raises(ValueError, match=r"each of depths\[:4\] must be at least 1"):
        ours(depths=(3, 0, 6, 3))


# The default backend imports parts of torch that warn of each other.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("backend", sampled(["eager", "inductor"], ["eager"]))
def test_torch_compiles_resnet50_as_one_graph(backend: str) -> None:
    module = archspec.load("resnet50").to_torch().double().eval()
    picture = torch.randn(1, *SMALL).double()
    with torch.no_grad():
        wanted = module(picture)
        compiled = torch.compile(module, fullgraph=True, backend=backend)(picture)
    assert torch.allclose(wanted, compiled)


GIVEN = {
    "densenet121": lambda: torch.randn(1, *SMALL),
    "gpt2": lambda: torch.randint(0, 50257, (1, 9)),
    "inception_v3": lambda: torch.randn(1, 3, 299, 299),
    "resnet50": lambda: torch.randn(1, *SMALL),
    "unet": lambda: torch.randn(1, 3, 32, 48),
    "vit_b_16": lambda: torch.randn(1, 3, 224, 224),
    "yolov8n": lambda: torch.randn(1, *SMALL),
}


@pytest.mark.parametrize("name", sampled(GIVEN, ["gpt2", "unet", "yolov8n"]))
def test_torch_compiles_and_exports_each_kind_of_network(name: str) -> None:
    module, given = archspec.load(name).to_torch().double().eval(), doubled(GIVEN[name]())
    with torch.no_grad():
        wanted = module(given)
        compiled = torch.compile(module, fullgraph=True, backend="eager")(given)
    exported = torch.export.export(module, (given,)).module()(given)
    torch.testing.assert_close(compiled, wanted)
    torch.testing.assert_close(exported, wanted)


def doubled(given: torch.Tensor) -> torch.Tensor:
    """Take double precision, in which kernels hardly differ; numbers of tokens stay integers."""
    return given.double() if given.is_floating_point() else given


def test_verification_finds_a_planted_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    network = architecture(minimal("  a: {op: conv2d, out_channels: 4, kernel_size: 3}\n"))
    source = network.to_source()
    for planted in (
        source.replace("nn.Conv2d(3, 4, 3)", "nn.Conv2d(3, 5, 3)"),
        source.replace("nn.Conv2d(3, 4, 3)", "nn.Conv2d(3, 4, 3, stride=2)"),
        source.replace("self.a", "self.b"),
        source.replace("nn.Conv2d(3, 4, 3)", "nn.Conv2d(3, 4, 3, bias=False)"),
    ):
        assert planted != source
        monkeypatch.setattr(
            sys.modules["archspec.emit.verify"], "to_torch_source", lambda _, text=planted: text
        )
        with pytest.raises(VerificationError):
            network.verify()


HOSTILE = (
    '"""\nimport os',
    "a trailing backslash \\",
    'three """ and at the end """',
    'one at the end "',
    r"\N{BULLET} \u0041 \x {braces} %s",
    "a line\nimport os\r\n\tindented",
)


@pytest.mark.parametrize("index", range(len(HOSTILE)))
def test_hostile_texts_stay_texts(index: int) -> None:
    said = json.dumps(HOSTILE[index])
    built = architecture(minimal("  a: relu\n", f"description: {said}\nreference: {said}"))
    tree = ast.parse(built.to_source())
    assert [type(node) for node in tree.body] == [
        ast.Expr,
        ast.Import,
        ast.ImportFrom,
        ast.ClassDef,
    ]
    (written,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    assert HOSTILE[index].split()[0] in (ast.get_docstring(written) or "")
    built.verify()


def test_the_frozen_attributes_are_those_of_the_installed_torch() -> None:
    module = torch.nn.Module()
    names = {*dir(torch.nn.Module), *vars(module)}
    assert {name for name in names if not name.startswith("__")} == MODULE_ATTRIBUTES


def test_equal_names_build_equal_networks() -> None:
    alone, family = archspec.load("resnet50"), archspec.load("resnet", variant="resnet50")
    assert _operations(alone) == _operations(family)
    assert list(alone.flatten().edges(keys=True)) == list(family.flatten().edges(keys=True))


def _operations(found: Architecture) -> list[tuple[str, object, object]]:
    nodes = ((name, data.get("node")) for name, data in found.flatten().nodes(data=True))
    return [(name, node.operation, node.outputs) for name, node in nodes if node is not None]


def test_the_source_is_the_same_for_every_hash_seed() -> None:
    code = (
        "import archspec, sys\n"
        "for name in ('resnet50', 'resnext50_32x4d', 'vgg16_bn'):\n"
        "    sys.stdout.write(archspec.load(name).to_source())\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(texts) == 1 and texts.pop()


def test_agree_sees_a_difference() -> None:
    text = minimal("  a: {op: conv2d, out_channels: w, kernel_size: 1}\n", "params: {w: 4}")
    agree(text, w=6)
    with pytest.raises(TypeError):
        agree(text, v=6)
