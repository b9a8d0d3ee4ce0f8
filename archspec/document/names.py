"""Which names layers, inputs, parameters, blocks and kernels may have."""

import builtins
import keyword
import re
from typing import Annotated

from pydantic import WithJsonSchema

from archspec.diagnostics import BadName
from archspec.document.errors import validated

_LONGEST = 63
_REST = rf"[A-Za-z0-9_]{{0,{_LONGEST - 1}}}"

PARAMETER = rf"^[a-z]{_REST}$"
"""The pattern of what names a parameter, or what `let` names; all are of ECMAScript, too."""

BLOCK = rf"^[A-Za-z]{_REST}$"
"""The pattern of what names a block, and so of every word that may stand in a layer's place."""

KERNEL = rf"^[a-z][a-z0-9_]{{0,{_LONGEST - 1}}}$"
"""The pattern of what names a fixed kernel."""

INPUT = rf"^(?!__)[A-Za-z_]{_REST}$"
"""The pattern of what names an input."""

LAYER = rf"^(?:[0-9]{{1,{_LONGEST}}}|(?!__)[A-Za-z_][A-Za-z0-9_-]{{0,{_LONGEST - 1}}})$"
"""The pattern of what names a layer, without placeholders."""

MODULE_ATTRIBUTES = frozenset(
    """
    T_destination _apply _backward_hooks _backward_pre_hooks _buffers _call_impl
    _compiled_call_impl _forward_hooks _forward_hooks_always_called _forward_hooks_with_kwargs
    _forward_pre_hooks _forward_pre_hooks_with_kwargs _get_backward_hooks
    _get_backward_pre_hooks _get_name _is_full_backward_hook _load_from_state_dict
    _load_state_dict_post_hooks _load_state_dict_pre_hooks _maybe_warn_non_full_backward_hook
    _modules _named_members _non_persistent_buffers_set _parameters
    _register_load_state_dict_pre_hook _register_state_dict_hook _replicate_for_data_parallel
    _save_to_state_dict _slow_forward _state_dict_hooks _state_dict_pre_hooks _version
    _wrapped_call_impl add_module apply bfloat16 buffers call_super_init children compile cpu
    cuda double dump_patches eval extra_repr float forward get_buffer get_extra_state
    get_parameter get_submodule half ipu load_state_dict modules mtia named_buffers
    named_children named_modules named_parameters parameters register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
    set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
    """.split()  # noqa: SIM905 - a list literal would be 117 lines
)
"""The attributes of `torch.nn.Module` (2.13): a layer of that name would replace one in silence."""

LAYER_KEYS = frozenset(
    """
    op block layers spec taps let inputs outputs order from when repeat first splice share init
    trainable expect label
    """.split()  # noqa: SIM905 - as above
)
"""The keys that a layer may have beside its arguments."""

RESERVED = frozenset(["self", "index", "input"])
"""Names with a meaning of their own, which no parameter has."""


def check_layer_name(name: str) -> str:
    """Give the name back, or raise `BadName`: it becomes a key of the `state_dict`.

    >>> check_layer_name("block1-0")
    'block1-0'
    """
    if "{" in name:
        return name
    if not name:
        raise BadName("the name of a layer is empty")
    if len(name) > _LONGEST:
        text = f"a layer's name has at most {_LONGEST} characters, and this one {len(name)}"
        raise BadName(text)
    _check_taken(name)
    rest = "ASCII letters, digits, `_` and `-`, not beginning with a digit or `-`"
    _check(name, LAYER, "a layer", f"a name is a number, or {rest}")
    return name


def _check(name: str, pattern: str, owner: str, help: str) -> None:
    if not re.fullmatch(pattern, name):
        raise BadName(f"`{name}` is no name of {owner}", help=help)


def _check_taken(name: str) -> None:
    if name.startswith("__"):
        raise BadName(f"`{name}` begins with `__`, and Python would rename it in a class")
    if keyword.iskeyword(name):
        raise BadName(f"`{name}` is a keyword of Python")
    if name == "input":
        raise BadName(f"`{name}` has a meaning of its own and cannot name a layer")
    if name in MODULE_ATTRIBUTES:
        raise BadName(f"`{name}` is an attribute of `torch.nn.Module`, which it would replace")


_LETTERS = "and goes on with ASCII letters, digits and `_`"


def check_input_name(name: str) -> str:
    """Give the name back, or raise `BadName`: it becomes an argument of `forward`.

    >>> check_input_name("skip")
    'skip'
    """
    if name != "input":
        _check_taken(name)
        _check(name, INPUT, "an input", f"a name begins with a letter {_LETTERS}")
    return name


def check_parameter_name(name: str) -> str:
    """Give the name back, or raise `BadName`: it becomes an argument of the emitted class.

    >>> check_parameter_name("num_classes")
    'num_classes'
    """
    _check(name, PARAMETER, "a parameter", f"a name begins with a small letter {_LETTERS}")
    if keyword.iskeyword(name) or hasattr(builtins, name):
        raise BadName(f"`{name}` is a word of Python's own")
    if name in LAYER_KEYS:
        raise BadName(f"`{name}` is a key of layers and cannot name a parameter")
    if name in RESERVED:
        raise BadName(f"`{name}` has a meaning of its own and cannot name a parameter")
    return name


def check_block_name(name: str) -> str:
    """Give the name back, or raise `BadName`: it becomes the name of a class.

    >>> check_block_name("bottleneck")
    'bottleneck'
    """
    _check(name, BLOCK, "a block", f"a name begins with a letter {_LETTERS}")
    if keyword.iskeyword(name):
        raise BadName(f"`{name}` is a keyword of Python")
    return name


def check_kernel_name(name: str) -> str:
    """Give the name back, or raise `BadName`: it becomes part of a function's name.

    >>> check_kernel_name("sobel_x")
    'sobel_x'
    """
    help = "a name begins with a letter and goes on with small ASCII letters, digits and `_`"
    _check(name, KERNEL, "a kernel", help)
    return name


# The JSON Schema has a definition of these, which says the pattern and the words that are taken.
LayerName = Annotated[
    str,
    validated(check_layer_name),
    WithJsonSchema({"type": "string", "definition": "layer-name"}),
]
InputName = Annotated[
    str,
    validated(check_input_name),
    WithJsonSchema({"type": "string", "definition": "input-name"}),
]
ParameterName = Annotated[
    str,
    validated(check_parameter_name),
    WithJsonSchema({"type": "string", "definition": "parameter-name"}),
]
BlockName = Annotated[
    str,
    validated(check_block_name),
    WithJsonSchema({"type": "string", "definition": "block-name"}),
]
KernelName = Annotated[
    str,
    validated(check_kernel_name),
    WithJsonSchema({"type": "string", "definition": "kernel-name"}),
]
