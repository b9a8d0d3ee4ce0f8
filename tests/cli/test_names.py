"""Which spec a name means: a file here, a shipped one, a variant of one, or nothing."""

from pathlib import Path

import pytest

from archspec.cli.main import main
from archspec.source import library
from archspec.source.library import Found, SpecNotFound, find, shipped

SINGLE = "archspec: 1\nname: Net\nparams: {width: 2}\ninput: [N, 3]\n"
SINGLE += "layers: {fc: {op: linear, out_features: width}}\n"
FAMILY = f"{SINGLE}variants:\n  family18: {{width: 18}}\n  single: {{width: 50}}\n"


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder of shipped specs in which `single` is both a file and a variant."""
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "family.yaml").write_text(FAMILY)
    (specs / "single.yaml").write_text(SINGLE)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(library, "_folder", lambda: specs)
    return specs


@pytest.mark.parametrize("suffix", ["", ".yaml"])
def test_a_shipped_file_goes_before_a_variant(specs: Path, suffix: str) -> None:
    assert find(f"single{suffix}") == Found(specs / "single.yaml", "single.yaml")
    family = Found(specs / "family.yaml", "family.yaml", "family18")
    assert find(f"family18{suffix}") == family


def test_a_file_in_the_folder_goes_before_a_shipped_one(specs: Path) -> None:
    Path("single.yaml").touch()
    assert find("single.yaml") == Found(Path("single.yaml"), "single.yaml")
    assert find("single") == Found(specs / "single.yaml", "single.yaml")


def test_a_folder_does_not_hide_a_shipped_spec(specs: Path) -> None:
    Path("single").mkdir()
    Path("other").mkdir()
    assert find("single").path == specs / "single.yaml"
    assert find("other") == Found(Path("other"), "other")


@pytest.mark.parametrize(
    ("name", "similar"),
    [
        ("famly18", ("family18",)),
        ("mine.yml", ("mine.yaml",)),
        ("sub/one.yaml", ("sub/ones.yaml",)),
        ("nothing/at/all", ()),
        ("x" * 5000, ()),
        ("\0", ()),
    ],
)
def test_close_names_are_offered(specs: Path, name: str, similar: tuple[str, ...]) -> None:
    Path("mine.yaml").touch()
    Path("sub").mkdir()
    Path("sub/ones.yaml").touch()
    with pytest.raises(SpecNotFound) as caught:
        find(name)
    assert caught.value.similar == similar


def test_a_variant_by_name_takes_no_other_variant(
    specs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["count", "family18", "--variant", "single"]) == 2
    assert capsys.readouterr().err.splitlines()[0] == (
        "error[usage]: `family18` is a variant itself, and takes no `--variant`"
    )


def test_list_names_specs_and_variants(
    specs: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["list"]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["family", "8", "6", "1", "3"],
        ["family18", "72", "54", "1", "3"],
        ["single", "200", "150", "1", "3"],
        ["single", "8", "6", "1", "3"],
    ]
    assert lines[3].startswith("  family18 ")


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["squeezenet"], ["squeezenet = squeezenet1_0", "  squeezenet1_1"]),
        (["squeezenet1_1"], ["squeezenet = squeezenet1_0", "  squeezenet1_1"]),
        (["lenet", "alex"], ["alexnet", "lenet5"]),
    ],
)
def test_list_takes_families_and_says_none_of_their_networks_twice(
    names: list[str], wanted: list[str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["list", *names]) == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert [line.split("   ")[0].rstrip() for line in lines[2:]] == wanted


def test_list_of_no_family_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "resnot50"]) == 3
    assert "did you mean `resnet50`" in capsys.readouterr().err


def test_no_name_of_a_variant_is_in_two_shipped_specs() -> None:
    variants = [name for spec in shipped() for name in spec.variants]
    assert "resnet50" in {spec.name for spec in shipped()}
    assert len(variants) == len(set(variants))
