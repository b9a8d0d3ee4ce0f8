"""ONNX's tests of its operators: what they give, our rules give for PyTorch's arguments."""

from collections import Counter

from onnx_cases import translations
from operation_cases import Accepted, judge

PADDED = "PyTorch refuses a padding of more than half of the window"

EXPLAINED = {
    "test_averagepool_2d_pads": PADDED,
    "test_averagepool_2d_pads_count_include_pad": PADDED,
    "test_maxpool_2d_pads": PADDED,
}
"""By the name of a test: why PyTorch, and we, give another shape."""


def test_onnx_gives_the_shapes_that_we_give() -> None:
    counted = Counter[str]()
    for each in translations():
        if each.case is None:
            counted[each.unsaid] += 1
            continue
        said = judge(each.case)
        given = said.outputs[0].shape if isinstance(said, Accepted) else said
        assert given == each.output or each.name in EXPLAINED, (each, given)
        counted["explained" if given != each.output else "same"] += 1
    print(counted)
    assert counted["explained"] == len(EXPLAINED)
    assert counted["same"] >= 88
    assert sum(counted.values()) >= 160
