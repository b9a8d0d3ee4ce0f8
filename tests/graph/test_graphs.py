"""A network as graphs: a graph of graphs for each module, and one with every operation in it."""

from collections import Counter

from support.hand_built import Body, chain, image, network, resnet

from archspec.graph import Call, Kind, Leaf, Port, instances

X = image(4, 8, 8)


def unit() -> Body:
    """Make a body that adds what it reads to a convolution of it."""
    body = Body(input=X)
    body.op("conv", "conv2d", out_channels=4, kernel_size=3, padding=1)
    body.op("add", "add", reads=("conv", "input"))
    return body


def test_what_reads_a_value_twice_has_two_edges_that_keep_their_order() -> None:
    body = Body(input=X)
    body.op("double", "add", reads=("input", "input"))
    graph = body.module(Kind.MODEL, "Net").graph
    edges = graph.edges("input", keys=True)
    assert [(target, key) for _, target, key in edges] == [("double", 0), ("double", 1)]


def test_a_repetition_is_one_call_and_flattened_it_is_each_of_them() -> None:
    body = Body(input=X)
    body.call("rows", chain("rows", (unit().module(Kind.BLOCK, "unit"), 3)))
    net = network(body.module(Kind.MODEL, "Net"))
    assert [type(node).__name__ for node in net.model.nodes] == ["Call"]
    assert len(net.modules()) == 3  # the model, the chain and the one block
    leaves = [path for path, _ in instances(net.model)]
    assert leaves == [f"rows.{index}.{name}" for index in range(3) for name in ("conv", "add")]
    graph = net.flatten()
    assert {name for name, node in graph.nodes(data="node") if isinstance(node, Leaf)} == {*leaves}
    assert set(graph.predecessors("rows.1.add")) == {"rows.1.conv", "rows.0.add"}


def test_a_flattened_network_has_each_operation_once_and_all_that_it_reads() -> None:
    net = resnet()
    counted = Counter(path for path, _ in instances(net.model))
    graph = net.flatten()
    assert set(counted.values()) == {1}
    for path, leaf in instances(net.model):
        assert len(graph.in_edges(path)) == len(leaf.reads), path


def test_modules_stand_before_those_that_call_them() -> None:
    modules = resnet().modules()
    places = {id(module): place for place, module in enumerate(modules)}
    for module in modules:
        callees = (node.module for node in module.nodes if isinstance(node, Call))
        assert all(places[id(callee)] < places[id(module)] for callee in callees)


def test_a_node_is_found_by_its_name_and_the_value_that_it_gives() -> None:
    module = unit().module(Kind.BLOCK, "unit")
    assert module.node("add").reads == (Port("conv"), Port("input"))
    assert [*module.by_name] == ["conv", "add"]
