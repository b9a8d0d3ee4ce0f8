"""What can be wrong with an expression."""

from archspec.diagnostics.problems.problem import Problem


class ExpressionSyntax(Problem):
    """The text is no expression: an operand or a bracket is missing, or a comma cut it in two.

    Inside `{}` and `[]` a comma ends a YAML value. Other readers make two keys of
    `{p: min(rate, 0.5)}`, `p` with the text `min(rate` and `0.5)` with nothing, and say nothing. In
    quotes it is one value.

    Wrong::

        archspec: 1
        name: Net
        params: {rate: 0.2}
        input: [N, 64]
        layers:
          - {op: dropout, p: min(rate, 0.5)}

    Right::

        archspec: 1
        name: Net
        params: {rate: 0.2}
        input: [N, 64]
        layers:
          - {op: dropout, p: "min(rate, 0.5)"}
    """

    category = "expression"


class ForbiddenExpression(Problem):
    """Python that a spec may not say: calls of other functions, attributes, comprehensions.

    A spec is data. A program that hands the texts of a file to `eval` runs whatever its author
    wrote there; here a closed list of operators and functions is evaluated, and nothing else: `min
    max sum len abs ceil floor round make_divisible sqrt exp log sin cos`.

    Wrong::

        archspec: 1
        name: Net
        params: {width: 1.5}
        input: [N, 64]
        layers:
          - {op: linear, out_features: int(64 * width)}

    Right::

        archspec: 1
        name: Net
        params: {width: 1.5}
        input: [N, 64]
        layers:
          - {op: linear, out_features: floor(64 * width)}
    """

    category = "expression"


class UnknownName(Problem):
    """A name in an expression that is no parameter, `let` name or input in sight.

    A block sees its own parameters and those of the model, never those of whoever calls it: else
    the same block would mean something else in another place.

    Wrong::

        archspec: 1
        name: Net
        params: {width: 64}
        input: [N, 32]
        layers:
          - {op: linear, out_features: 2 * widht}
          - {op: linear, out_features: width}

    Right::

        archspec: 1
        name: Net
        params: {width: 64}
        input: [N, 32]
        layers:
          - {op: linear, out_features: 2 * width}
          - {op: linear, out_features: width}
    """

    category = "expression"


class UnknownAttribute(Problem):
    """What stands after the point is none of `shape`, `batch`, `channels`, `features`.

    These four are all that an expression may ask of a value. A chain of attributes is how Python
    text reaches what it should not, so that no others are read.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 2 * input.width, kernel_size: 3}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 2 * input.channels, kernel_size: 3}
    """

    category = "expression"


class DivisionByZero(Problem):
    """An expression divides by zero.

    Often a parameter is 0 where the formula was written for more. Python raises an error in the
    middle of building the network, and does not say for which layer.

    Wrong::

        archspec: 1
        name: Net
        params: {heads: 0}
        input: [N, 64]
        layers:
          - {op: linear, out_features: 64 // heads}

    Right::

        archspec: 1
        name: Net
        params: {heads: 4}
        input: [N, 64]
        layers:
          - {op: linear, out_features: 64 // heads}
    """

    category = "expression"


class IndexOutOfRange(Problem):
    """An expression takes an element that the list does not have.

    The first element is `depths[0]`, so that the last of four is `depths[3]`, or `depths[-1]`. In
    Python the same mistake ends the program in the middle of building the network, and does not
    say for which layer.

    Wrong::

        archspec: 1
        name: Net
        params: {depths: [2, 4]}
        input: [N, 64]
        layers:
          - {op: linear, out_features: 64, repeat: "depths[1]"}
          - {op: linear, out_features: 64, repeat: "depths[2]"}

    Right::

        archspec: 1
        name: Net
        params: {depths: [2, 4]}
        input: [N, 64]
        layers:
          - {op: linear, out_features: 64, repeat: "depths[0]"}
          - {op: linear, out_features: 64, repeat: "depths[1]"}
    """

    category = "expression"


class SymbolicValue(Problem):
    """What decides the structure or a weight's size is a number, and this depends on a symbol.

    A weight has one shape for all inputs. A linear layer behind a flattened image of any height
    would need other weights for every height; written by hand the layer gets the number of one
    image, and fails at run time for all others. A pool with a fixed output makes the size a number.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, H, W]
        layers:
          - flatten
          - {op: linear, out_features: 10}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, H, W]
        layers:
          - {op: adaptive_avg_pool2d, output_size: 7}
          - flatten
          - {op: linear, out_features: 10}
    """

    category = "expression"
