"""Networks put together by hand from the operations' own rules, without spec and elaborator."""

from typing import Any

from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Port, Typed
from archspec.operations import Operation
from archspec.sizes import Tensor, per_sample, symbol
from support.operations.named import operation
from support.sizes import number

BATCH = "N"


def leaf(
    name: str,
    op: str | Operation,
    reads: tuple[Port, ...],
    inputs: tuple[Tensor, ...],
    **given: Any,
) -> Leaf:
    """Make a node of an operation by the operation's own rules."""
    rule = operation(op, **given) if isinstance(op, str) else op
    inferred = {key: number(size) for key, size in rule.infer(*inputs).items()}
    outputs = rule.outputs(bool, *inputs)
    macs = rule.macs(inputs, outputs)
    return Leaf(
        name,
        (),
        reads,
        inputs,
        outputs,
        operation=rule,
        given=given,
        typed=Typed(
            outputs=outputs,
            inferred=inferred,
            weights=rule.weights(inferred),
            buffers=rule.buffers(inferred),
            macs=None if macs is None else per_sample(macs, BATCH),
        ),
    )


class Body:
    """Collects the nodes of a module; a layer reads the one above it unless told otherwise."""

    def __init__(self, **inputs: Tensor) -> None:
        self.inputs = inputs
        self.nodes: list[Node] = []
        self.values = {Port(name): tensor for name, tensor in inputs.items()}
        self.last: tuple[Port, ...] = tuple(self.values)

    def op(
        self, name: str, op: str | Operation, reads: tuple[str, ...] | None = None, **given: Any
    ) -> Tensor:
        ports = self._ports(reads)
        return self._add(leaf(name, op, ports, self._tensors(ports), **given))

    def call(
        self, name: str, module: Module, reads: tuple[str, ...] | None = None, count: int = 1
    ) -> Tensor:
        ports = self._ports(reads)
        inputs = self._tensors(ports)
        outputs = module.outputs
        return self._add(Call(name, (), ports, inputs, outputs, count, module=module))

    def module(self, kind: Kind, name: str, results: tuple[str, ...] | None = None) -> Module:
        ports = self._ports(results)
        return Module(kind, name, (), self.inputs, tuple(self.nodes), ports, self._tensors(ports))

    def _ports(self, reads: tuple[str, ...] | None) -> tuple[Port, ...]:
        if reads is None:
            return self.last
        return tuple(_port(text) for text in reads)

    def _tensors(self, ports: tuple[Port, ...]) -> tuple[Tensor, ...]:
        return tuple(self.values[port] for port in ports)

    def _add(self, node: Node) -> Tensor:
        self.nodes.append(node)
        self.last = tuple(Port(node.name, index) for index in range(len(node.outputs)))
        self.values |= dict(zip(self.last, node.outputs, strict=True))
        return node.outputs[0]


def _port(text: str) -> Port:
    name, _, index = text.partition(":")
    return Port(name, int(index or 0))


def image(channels: int, height: int, width: int) -> Tensor:
    """Give N×C×H×W."""
    return Tensor((symbol(BATCH), channels, height, width))


def network(module: Module) -> Network:
    """Make a network of the model's module."""
    return Network(module, {})


def bottleneck(x: Tensor, planes: int, stride: int = 1) -> Module:
    """Build torchvision's bottleneck, the stride on the 3×3 convolution."""
    body = Body(input=x)
    body.op("conv1", "conv2d", out_channels=planes, kernel_size=1, bias=False)
    body.op("bn1", "batch_norm2d")
    body.op("relu1", "relu")
    body.op(
        "conv2", "conv2d", out_channels=planes, kernel_size=3, stride=stride, padding=1, bias=False
    )
    body.op("bn2", "batch_norm2d")
    body.op("relu2", "relu")
    body.op("conv3", "conv2d", out_channels=4 * planes, kernel_size=1, bias=False)
    body.op("bn3", "batch_norm2d")
    shortcut = "input"
    if stride != 1 or x.channels != 4 * planes:
        shortcut = "downsample"
        body.call(shortcut, _projection(x, planes, stride), reads=("input",))
    body.op("add", "add", reads=("bn3", shortcut))
    body.op("relu", "relu")
    return body.module(Kind.BLOCK, "bottleneck")


def chain(name: str, *links: tuple[Module, int]) -> Module:
    """Put modules in a row, each so many times, as a `repeat` does."""
    body = Body(**links[0][0].inputs)
    index = 0
    for module, count in links:
        body.call(str(index), module, count=count)
        index += count
    return body.module(Kind.CHAIN, name)


def resnet(depths: tuple[int, int, int, int] = (3, 4, 6, 3)) -> Network:
    """Build torchvision's resnet50, or another number of bottlenecks in its stages."""
    body = Body(input=image(3, 224, 224))
    body.op("conv1", "conv2d", out_channels=64, kernel_size=7, stride=2, padding=3, bias=False)
    body.op("bn1", "batch_norm2d")
    body.op("relu", "relu")
    x = body.op("maxpool", "max_pool2d", kernel_size=3, stride=2, padding=1)
    for stage, times in enumerate(depths):
        first = bottleneck(x, 64 * 2**stage, stride=1 if stage == 0 else 2)
        rest = bottleneck(first.outputs[0], 64 * 2**stage)
        x = body.call(
            f"layer{stage + 1}", chain(f"layer{stage + 1}", (first, 1), (rest, times - 1))
        )
    body.op("avgpool", "adaptive_avg_pool2d", output_size=1)
    body.op("flatten", "flatten")
    body.op("fc", "linear", out_features=1000)
    return network(body.module(Kind.MODEL, "ResNet"))


def _projection(x: Tensor, planes: int, stride: int) -> Module:
    body = Body(input=x)
    body.op("0", "conv2d", out_channels=4 * planes, kernel_size=1, stride=stride, bias=False)
    body.op("1", "batch_norm2d")
    return body.module(Kind.GROUP, "downsample")
