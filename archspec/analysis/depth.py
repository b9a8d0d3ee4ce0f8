"""The depth of a network: weighted layers on the longest path (He et al., 2015, section 3.3).

A body is a matrix: the entry for an input and an output is the number of weighted layers on the
longest path between them, and minus infinity where there is none. A further row and column stand
for paths that begin at a layer which reads nothing. Bodies in sequence multiply, with `max` for
the sum and `+` for the product, and a chain of `n` equal repetitions is a power.
"""

from collections.abc import Sequence

from archspec.graph import Call, Leaf, Module, Network, Node, Port

NO_PATH = float("-inf")

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]
Matrices = dict[int, Matrix]


def depth(network: Network) -> int:
    """Count the weighted layers on the longest path from an input to an output."""
    matrices: Matrices = {}
    for module in network.modules():
        matrices[id(module)] = _module_matrix(module, matrices)
    return int(max(max(row) for row in matrices[id(network.model)]))


def _module_matrix(module: Module, matrices: Matrices) -> Matrix:
    """Give a row for each input and a last one, a column for each output and a last one."""
    start = (NO_PATH,) * len(module.inputs) + (0,)
    values: dict[tuple[str, int], Vector]  # by port; what is read often is no tuple with names
    values = {Port(name): _unit(i, len(start)) for i, name in enumerate(module.inputs)}
    skipped = module.only_training
    for node in module.nodes:
        if node.name in skipped:
            continue
        gives = _gives(node, [values[port] for port in node.reads], start, matrices)
        for index, column in enumerate(gives):
            values[node.name, index] = column
    kept = (port for index, port in enumerate(module.results) if index not in module.training)
    columns = [*(values[port] for port in kept), start]
    return tuple(zip(*columns, strict=True))


def _gives(node: Node, reads: list[Vector], start: Vector, matrices: Matrices) -> Sequence[Vector]:
    """Give the longest paths from each input of the body to each value of a node."""
    if isinstance(node, Call):
        return _applied(_call_matrix(node, matrices), [*reads, start])
    weight = node.count * int(isinstance(node, Leaf) and node.operation.weighted)
    if not weight and len(reads) == len(node.outputs) == 1:
        return reads
    longest = tuple(weight + max(paths) for paths in zip(*(reads or [start]), strict=True))
    return [longest] * len(node.outputs)


def _call_matrix(call: Call, matrices: Matrices) -> Matrix:
    step = matrices[id(call.module)]
    if call.count == 1:
        return step
    if _is_one_way(step):
        return ((step[0][0] * call.count, NO_PATH), (NO_PATH, 0))
    return _product(_power(_passed_on(step, call), call.count - 1), step)


def _is_one_way(matrix: Matrix) -> bool:
    """Say whether one input leads to one output and no other path begins: most bodies are so."""
    square = len(matrix) == len(matrix[0]) == 2
    return square and matrix[0][1] == matrix[1][0] == NO_PATH


def _passed_on(step: Matrix, call: Call) -> Matrix:
    """Give the longest paths to what the next repetition reads.

    Inputs that a repetition does not replace reach the next one as they are; values that are more
    than the inputs, and those of repetitions in it, go nowhere.
    """
    size = len(step)
    taken = min(len(call.outputs) - call.module.taps, size - 1)
    kept = [_unit(index, size) for index in range(taken, size - 1)]
    columns = tuple(zip(*step, strict=True))
    return tuple(zip(*columns[:taken], *kept, columns[-1], strict=True))


def _power(matrix: Matrix, exponent: int) -> Matrix:
    result = tuple(_unit(index, len(matrix)) for index in range(len(matrix)))
    while exponent:
        if exponent % 2:
            result = _product(result, matrix)
        matrix = _product(matrix, matrix)
        exponent //= 2
    return result


def _product(left: Matrix, right: Matrix) -> Matrix:
    columns = tuple(zip(*right, strict=True))
    return tuple(tuple(_longest(row, column) for column in columns) for row in left)


def _applied(matrix: Matrix, reads: Sequence[Vector]) -> list[Vector]:
    """Give the longest paths to each output, where `reads` has those to each input."""
    if _is_one_way(matrix):
        return [tuple([path + matrix[0][0] for path in reads[0]])]
    starts = tuple(zip(*reads, strict=True))
    columns = tuple(zip(*matrix, strict=True))[:-1]
    return [tuple(_longest(row, column) for row in starts) for column in columns]


def _longest(first: Vector, second: Vector) -> float:
    return max(a + b for a, b in zip(first, second, strict=True))


def _unit(index: int, size: int) -> Vector:
    return tuple(0 if other == index else NO_PATH for other in range(size))
