"""What each key of a spec says, in the words that an editor shows beside it."""

from collections.abc import Mapping

TOP: Mapping[str, str] = {
    "archspec": "The version of the language.",
    "name": "What the network is called; the emitted class is this name made an identifier.",
    "description": "One or more sentences about the network.",
    "reference": "Where the network was published.",
    "params": "What a user may change, by a variant or by `--set name=value`.",
    "input": "The shape of what the network receives, the batch first: `[N, 3, 224, 224]`.",
    "inputs": "The shapes of what the network receives, by name, all with the same batch.",
    "blocks": "Bodies of layers that are used by name.",
    "kernels": "Fixed kernels by name: rows of numbers, or rows for each channel.",
    "layers": "The layers in the order in which they run, by name or as a list.",
    "let": "Names for expressions that nobody passes; each sees those before it.",
    "outputs": "What is given, where that is not what the last layer gives.",
    "order": "Layers whose keys stand in another order in the `state_dict`.",
    "expect": "Claims about the network, which are checked.",
    "variants": "Named sets of parameters, each with claims of its own.",
    "extends": "Another file, or a shipped spec, from which this one starts.",
}
"""The keys at the top, and those that blocks and groups have of them."""

KERNEL: Mapping[str, str] = {
    "values": "The rows of the kernel, or a list of rows for each channel.",
    "scale": "The factor for all values, as 1/16.",
}
"""The keys of a fixed kernel."""

FORMS: Mapping[str, str] = {
    "op": "The operation, or a layer parameter; the other keys are its arguments.",
    "block": "The block, or a layer parameter; the other keys are its parameters.",
    "layers": "The layers of a group, by name or as a list.",
    "share": "An earlier layer, called again with the same weights.",
    "spec": "Another spec as a block, by its file or name; the other keys are its parameters.",
}
"""The keys that say what a layer is."""

CONTROLS: Mapping[str, str] = {
    "from": "What the layer reads, if not the layer above: `conv1`, `input`, `split.1`, `m.*`, "
    "or a list of these.",
    "when": "A condition; where it is false, the layer is absent.",
    "repeat": "How many of it stand in a chain, named `0`, `1`, …; `index` counts them from 0.",
    "first": "Arguments or parameters that differ in the first repetition.",
    "splice": "Leave its name out: what it holds stands in the body around it. "
    "`all` leaves out the names of repetitions as well.",
    "trainable": "Whether training changes its weights; without them they are counted apart.",
    "expect": "The shape of its output, which is checked.",
    "taps": "Layers of the other spec whose values are given in place of its outputs.",
}
"""The keys that every form of a layer takes, or some."""

SHARED_WEIGHT = "An earlier operation whose weight this one has, as `transformer.wte`."
INPUTS_OF_BODY = "Names for several values that are received; a single one is called `input`."

PARAMETER: Mapping[str, str] = {
    "parameter": "A default, a type, a layer, or these in full.",
    "required": "A type without a default: whoever uses it gives a value.",
    "type": "What values it may have.",
    "default": "The value where none is given; of a number it may be an expression.",
    "choices": "The values that are allowed.",
    "value": "A value, an expression, or a layer.",
}
"""The keys of a parameter."""

INPUT: Mapping[str, str] = {
    "shape": "The sizes, the batch first: integers, symbols such as `H`, or expressions.",
    "dtype": "The kind of its numbers.",
}
"""The keys of an input."""

OUTPUT: Mapping[str, str] = {
    "from": "The layer whose value is given.",
    "when": "A condition; where it is false, the output is left out.",
    "training": "Whether the output is there in training only.",
}
"""The keys of an output."""

CLAIMS: Mapping[str, str] = {
    "params": "The number of parameters, a shared one counted once: `224`, `25.6M` or `<= 26M`.",
    "trainable": "The number of parameters that training changes.",
    "buffers": "The numbers in the buffers that the `state_dict` holds.",
    "macs": "The multiply-accumulates of one sample, in evaluation.",
    "depth": "The number of weighted layers on the longest path.",
    "output": "The shape of the first output; a list of shapes, or shapes by name, for all.",
    "source": "Where the figures come from; it is not checked.",
}
"""The claims about a network."""

KINDS: Mapping[str, str] = {
    "spec": "A neural network, written in the language of archspec.",
    "block": "A body of layers that is used by name.",
    "layer": "A layer: the name of an operation, block or layer parameter; a mapping; a list.",
    "passed": "A layer as the value of a parameter.",
    "laid": "A layer parameter, with arguments that are laid over its own.",
    "expression": "An expression in Python's syntax, over parameters and sizes.",
    "size": "An integer, a symbol such as `H`, or an expression.",
    "variant": "Values of parameters, and `expect` with claims of its own.",
}
"""What stands in several places."""

RULES: Mapping[str, str] = {
    "init": "The weights at the beginning, a rule for each.",
    "all": "The weights at the beginning: rules by operation and weight, for the whole spec.",
    "rule": "A number, or a function of `torch.nn.init` without its underscore.",
    "constant": "All numbers are `val`.",
    "zeros": "All numbers are 0.",
    "ones": "All numbers are 1.",
    "normal": "Numbers from a normal distribution.",
    "uniform": "Numbers from `a` to `b`, each as likely as the others.",
    "trunc_normal": "Numbers from a normal distribution, cut off below `a` and above `b`.",
    "kaiming_normal": "He's rule, with a normal distribution.",
    "kaiming_uniform": "He's rule, with a uniform distribution.",
    "xavier_normal": "Glorot's rule, with a normal distribution.",
    "xavier_uniform": "Glorot's rule, with a uniform distribution.",
    "orthogonal": "A matrix whose rows or columns are orthogonal.",
    "eye": "The identity matrix.",
    "dirac": "A convolution that leaves its input as it is, as far as there are channels.",
    "value": "An expression over the indices `i`, `j`, `k`, `l`, with `shape`, for each number.",
    "values": "The numbers: lists in lists as the weight's shape says, or one list of all.",
}
"""The rules for initial weights."""

RULE_ARGUMENTS: Mapping[str, str] = {
    "val": "The number.",
    "mean": "The mean of the distribution.",
    "std": "The standard deviation of the distribution.",
    "a": "The lower end; of He's rule, the negative slope of the leaky relu behind the layer.",
    "b": "The upper end.",
    "mode": "Whether the variance is kept forward (`fan_in`) or backward (`fan_out`).",
    "nonlinearity": "The function behind the layer.",
    "gain": "A factor of all numbers.",
    "groups": "The groups of the convolution.",
}
"""The arguments of rules."""
