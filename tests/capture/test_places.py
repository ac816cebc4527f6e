"""Where a call is made: the recorder asks once for each call that can make a grad_fn."""

import torch

from viz.capture.calls import Calls
from viz.capture.graph import walk
from viz.capture.records import Nodes
from viz.capture.sources import Here
from viz.limits import DEFAULT


def test_each_call_that_makes_a_grad_fn_or_cuts_the_graph_is_asked_where_it_is_and_no_other():
    cut = Here(3, "", "model.py:3 in peek")
    places = [Here(7, "layers.0", "model.py:7 in forward"), Here(9, "", "model.py:9 in loss")]
    asked = iter([cut, *places])
    with Calls(DEFAULT) as calls:
        calls.locate = lambda: next(asked)
        weight = torch.ones(3, requires_grad=True)
        calls.subject(weight).module = "layers.0"
        constant = torch.ones(3) + 1  # makes no grad_fn
        with torch.no_grad():
            weight.sum()  # leaves the graph
            constant.sum()
        loss = (weight * constant).sum()
    calls.settle()
    graph = walk((loss,), calls, DEFAULT)
    by_name = {node.name: node for node in Nodes(graph, calls).all()}
    assert next(asked, None) is None
    for name, place in zip(["MulBackward0", "SumBackward0"], places, strict=True):
        node = by_name[name]
        assert Here(node.line, node.module, node.place) == place
    assert by_name["AccumulateGrad"].module == "layers.0"
