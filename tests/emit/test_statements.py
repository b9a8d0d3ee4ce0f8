"""Statements that are too long for their line, laid out as `ruff format` itself does it."""

import subprocess
import sys

import pytest

from archspec.emit.code import statement

A, B, C = ("a" * 24, "b" * 24, "c" * 24)
STATEMENTS = (
    f"x = self.{A}({B}, {C})",
    f"x = self.{A}({B}, {C}, {A})",
    f"x = self.{A}(({B}, {C}, {A}), dim=1)",
    f"x = torch.cat(({A}, {B}, {C}, {A}), dim=1)",
    f"x = torch.cat(({A}, {B}, {C}, {A}, {B}, {C}), dim=1)",
    f"x = self.{A}(self.{B}(self.{C}({A}, {B})))",
    f"x = {A} + nn.functional.interpolate({B}, size={C}.shape[2:])",
    f"x = self.{A}({B}) + nn.functional.interpolate({B}, size={C}.shape[2:])",
    f"x: torch.Tensor = nn.functional.interpolate({B}, size={C}.shape[2:], mode='bilinear')",
    f"x = self.{A}({B} + {C} + {A})",
    f"x = self.{A}({B} + {C} * {A}, {B} // 2 * ({C} + {A} + {B}) + {C}, dim={B} + {C} + {A} + {B})",
    f"x = self.{A}({B}).permute(1111111111111, 2222222222222, 333333333333)",
    f"x = self.{A}({B}, {C}, {A})[:, 0]",
    f"one, two, three = self.{A}({B}, {C}, {A})",
    f"{A}, {B}, {C} = self.layer({A}, {B})",
    f"{A}, {B}, {C}, {A} = self.layer({A}, {B})",
    f"return {A}, {B}, {C}, {A}",
    f'return {{"one": {A}, "two": {B}, "three": {C}}}',
    f"x = {A} + {B} + {C} + {A}",
    f"x = {A} * {B} + {C} - {A} * {B}",
    f"x = {A}({B}) + {C} + {A} if self.has_add else {B}",
    f"self.has_add = {A} != 1 and {B} == 4 * {C} + {A}",
    f"if {A} != 1 and {B} == 4 * {C} + {A}:",
    f"for layer, beside in zip(self.{A}, ({B}, {C}, {A}), strict=True):",
    f"nn.init.normal_(self.{A}, std=({A} * {B} * {C}) ** (-0.5))",
    f"x = {A}.reshape({A}.shape[0], *{B}.shape[1:], {C}.shape[2] // 2)",
)


@pytest.mark.parametrize("number", range(len(STATEMENTS)))
@pytest.mark.parametrize("depth", [2, 3])
def test_long_statements_are_laid_out_as_ruff_does(number: int, depth: int) -> None:
    text = STATEMENTS[number]
    heads = "".join(f"{'    ' * level}if True:\n" for level in range(depth))
    after = f"\n{'    ' * (depth + 1)}pass" if text.endswith(":") else ""
    ours = heads + "\n".join(statement(text, depth)) + after + "\n"
    theirs = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "-"],
        input=f"{heads}{'    ' * depth}{text}{after}\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ours.replace("'", '"') == theirs
