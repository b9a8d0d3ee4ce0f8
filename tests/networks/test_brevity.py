"""A spec is no longer than the model that people write by hand for it.

Of a spec the lines count that are neither empty nor a comment, its variants and claims included.
Of torchvision's files the same count, without docstrings, imports and tables of weights.

No package at hand has a file for the other networks. Those are held against the source that is
emitted for them, which is ours, too, and so says less; variants and claims, which it has not, are
left out of the spec then.
"""

import ast
import inspect
import re
from importlib import import_module

import pytest
from support.vision import import_torchvision

import archspec
from archspec.source.library import shipped

SPECS = {spec.name: spec.path for spec in shipped()}

FILES = {
    "alexnet": ("models.alexnet",),
    "convnext": ("models.convnext",),
    "deeplabv3": ("models.segmentation.deeplabv3", "models.segmentation._utils"),
    "densenet": ("models.densenet",),
    "fcn_resnet50": ("models.segmentation.fcn", "models.segmentation._utils"),
    "fpn": ("models.detection.backbone_utils", "ops.feature_pyramid_network"),
    "efficientnet": ("models.efficientnet",),
    "googlenet": ("models.googlenet",),
    "inception_v3": ("models.inception",),
    "maxvit": ("models.maxvit",),
    "mnasnet": ("models.mnasnet",),
    "mobilenet_v2": ("models.mobilenetv2",),
    "mobilenet_v3": ("models.mobilenetv3",),
    "regnet": ("models.regnet",),
    "resnet": ("models.resnet",),
    "resnet50": ("models.resnet",),
    "shufflenet_v2": ("models.shufflenetv2",),
    "squeezenet": ("models.squeezenet",),
    "swin": ("models.swin_transformer",),
    "vgg": ("models.vgg",),
    "vit": ("models.vision_transformer",),
}

BY_THEMSELVES = ("bert", "gpt2", "lenet5", "plain", "resnet_cifar", "siamese", "unet", "yolov8")


def is_left_out(node: ast.AST) -> bool:
    """Say whether a part of a module does not say how a model is built."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if isinstance(node, ast.ClassDef):
        return any(ast.unparse(base) == "WeightsEnum" for base in node.bases)
    return isinstance(node, ast.Import | ast.ImportFrom)


def lines_of(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def python_lines(text: str) -> int:
    """Count the lines of a module that say how a model is built."""
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    left_out = {line for node in nodes if is_left_out(node) for line in lines_of(node)}
    lines = enumerate(text.splitlines(), start=1)
    return sum(number not in left_out and says(line) for number, line in lines)


def says(line: str) -> bool:
    """Say whether a line is neither empty nor a comment."""
    return bool(line.partition("#")[0].strip())


def spec_lines(name: str) -> int:
    """Count the lines of a shipped spec that are neither empty nor a comment."""
    lines = SPECS[name].read_text(encoding="utf-8").splitlines()
    return sum(map(says, lines))


def described_lines(name: str) -> int:
    """Count the lines of a spec that the emitted source says too: no claims and no variants."""
    text = SPECS[name].read_text(encoding="utf-8")
    sections = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
    kept = [section for section in sections if not section.startswith(("expect:", "variants:"))]
    return sum(map(says, "".join(kept).splitlines()))


@pytest.mark.parametrize("name", FILES)
def test_a_spec_is_no_longer_than_torchvisions_model(name: str) -> None:
    import_torchvision()
    modules = [import_module(f"torchvision.{module}") for module in FILES[name]]
    assert spec_lines(name) <= sum(python_lines(inspect.getsource(item)) for item in modules)


@pytest.mark.parametrize("name", BY_THEMSELVES)
def test_a_spec_is_no_longer_than_the_source_emitted_for_it(name: str) -> None:
    assert described_lines(name) <= python_lines(archspec.load(name).to_source("torch"))


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_has_no_line_that_a_screen_cuts(name: str) -> None:
    assert max(map(len, SPECS[name].read_text(encoding="utf-8").splitlines())) <= 120


def test_the_residual_networks_fit_on_a_hundred_lines() -> None:
    assert len(SPECS["resnet"].read_text(encoding="utf-8").splitlines()) <= 100


def test_every_shipped_spec_is_held_against_something() -> None:
    assert sorted([*FILES, *BY_THEMSELVES]) == sorted(SPECS)


def test_what_says_nothing_of_a_model_is_not_counted() -> None:
    text = '"""Doc."""\nimport torch  # why\n\n\nclass A(WeightsEnum):\n    B = 1\n\n\n# x\nC = 1\n'
    assert python_lines(text) == 1
