"""The paths from the loss to a leaf: counted, multiplied and added up as the chain rule says."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.language.test_expressions_agree_with_python import NAMES, expressions, values
from tests.traces import backward_of
from viz.errors import UserError
from viz.rules.factors import Factors
from viz.rules.graph import Graph
from viz.rules.paths import MOST_PATHS, Paths, paths_to
from viz.trace import Array, Backward

LINES = (
    "{} * {}",
    "{} + {}",
    "{} - {}",
    "torch.sin({}) * {}",
    "torch.tanh({}) - {}",
    "{} / (2 + {}**2)",
)


@st.composite
def programs(draw: st.DrawFn, most: int = 7) -> str:
    """A few lines, each of results of the lines before it: what one line makes is used again."""
    lines = [
        "x = torch.tensor(0.75, requires_grad=True)",
        "y = torch.tensor(-1.25, requires_grad=True)",
    ]
    names = ["x", "y"]
    for number in range(draw(st.integers(1, most))):
        line = draw(st.sampled_from(LINES))
        first, second = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        lines.append(f"r{number} = {line.format(first, second)}")
        names.append(f"r{number}")
    return "\n".join([*lines, f"{names[-1]}.backward()"])


def all_paths(backward: Backward, target: str) -> Iterator[list[int]]:
    """Every path as indices of edges, one after the other: what the counts are compared with."""
    ways: dict[str, list[int]] = {}
    for index, edge in enumerate(backward.edges):
        if edge.contribution is not None:
            ways.setdefault(edge.upstream, []).append(index)
    waiting: list[tuple[str, list[int]]] = [(backward.output, [])]
    while waiting:
        here, path = waiting.pop()
        if here == target:
            yield path
            continue
        for index in ways.get(here, ()):
            waiting.append((backward.edges[index].downstream, [*path, index]))


def node_of(backward: Backward, name: str) -> str:
    return next(leaf.node for leaf in backward.leaves if leaf.name == name and leaf.node)


def paths_of(source: str, name: str = "x", **options: int) -> Paths:
    backward = backward_of(source)
    return paths_to(Graph(backward), node_of(backward, name), **options)


# --- against PyTorch and against listing them all -------------------------------------------------


@given(programs())
@settings(max_examples=80)
def test_the_products_of_all_paths_add_up_to_the_gradient(program: str) -> None:
    names: dict = {"torch": torch}
    exec(program, names)
    backward = backward_of(program)
    graph = Graph(backward)
    for name in "xy":
        gradient = names[name].grad
        if gradient is None:
            continue
        target = node_of(backward, name)
        found = paths_to(graph, target)
        assert found.numeric
        assert found.engine == "agrees"
        assert found.total == pytest.approx(gradient.item(), rel=1e-4, abs=1e-5)
        shown = math.fsum(path.product for path in found.paths)
        assert shown + (found.rest or 0) == pytest.approx(found.total)
        for path in found.paths:
            assert math.prod(path.factors) == pytest.approx(path.product)


@given(programs(), st.integers(1, 5))
@settings(max_examples=60)
def test_count_and_strongest_are_those_of_listing_all_paths(program: str, most: int) -> None:
    backward = backward_of(program)
    graph = Graph(backward)
    for leaf in backward.leaves:
        if leaf.node is None:
            continue
        listed = list(all_paths(backward, leaf.node))
        assume(len(listed) < 5000)
        found = paths_to(graph, leaf.node, most=most)
        assert found.count == len(listed)
        factors = Factors(graph, (), 0)
        numbers = [factors.of(edge) for edge in backward.edges]
        products = [math.prod(numbers[index] or 0.0 for index in path) for path in listed]
        strongest = sorted(map(abs, products), reverse=True)[:most]
        sizes = [abs(path.product) for path in found.paths]
        assert sorted(sizes, reverse=True) == pytest.approx(strongest)
        assert {path.edges for path in found.paths} <= {tuple(path) for path in listed}
        assert len({path.edges for path in found.paths}) == len(found.paths)


@given(expressions, st.fixed_dictionaries(dict.fromkeys(NAMES, values)))
@settings(max_examples=150)
def test_any_expression_has_the_gradient_that_its_paths_say(text: str, numbers: dict) -> None:
    leaves = "\n".join(
        f"{name} = torch.tensor({number!r}, requires_grad=True)" for name, number in numbers.items()
    )
    try:
        backward = backward_of(f"{leaves}\nresult = {text}\nresult.backward()")
    except (ArithmeticError, AttributeError, RuntimeError, TypeError, UserError):
        return  # a number, no tensor; or nothing requires grad
    graph = Graph(backward)
    for leaf in backward.leaves:
        if leaf.node is None or leaf.after is None:
            continue
        found = paths_to(graph, leaf.node)
        assert found.count == sum(1 for _ in all_paths(backward, leaf.node))
        assert found.engine != "differs"
        if found.numeric and not found.overflow:
            assert found.engine == "agrees"


# --- what a teacher would write -------------------------------------------------------------------


def test_a_leaf_used_three_times_has_three_paths_in_the_order_of_arrival() -> None:
    found = paths_of("""
        x = torch.tensor(3.0, requires_grad=True)
        y = torch.tensor(2.0, requires_grad=True)
        ((x**2 - 2*x)*y + x).backward()
    """)
    # d/dx: x² contributes 2x·y, −2x contributes −2y, and x itself 1.
    assert sorted(path.product for path in found.paths) == [-4.0, 1.0, 12.0]
    by_hand = [arrival.contribution.floats()[0] for arrival in found.arrivals]
    assert [path.product for path in found.paths] == by_hand
    assert (found.total, found.rest, found.engine) == (9.0, None, "agrees")


def test_both_factors_of_a_square_are_paths_of_their_own() -> None:
    found = paths_of("x = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()")
    assert (found.count, [path.product for path in found.paths]) == (2, [3.0, 3.0])


def test_the_gradient_that_was_passed_in_is_the_first_factor() -> None:
    found = paths_of("""
        x = torch.tensor(3.0, requires_grad=True)
        (x**2).backward(torch.tensor(10.0))
    """)
    assert found.paths[0].factors == (10.0, 6.0)


def test_a_leaf_that_is_the_loss_has_one_path() -> None:
    found = paths_of("x = torch.tensor(3.0, requires_grad=True)\nx.backward()")
    assert (found.count, found.total, found.engine) == (1, 1.0, "agrees")


def test_a_local_derivative_is_known_where_a_zero_arrived() -> None:
    found = paths_of("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x**2
        (y * 0.0).backward()
    """)
    assert found.paths[0].factors == (1.0, 0.0, 6.0)
    assert found.total == 0.0


# --- tensors --------------------------------------------------------------------------------------


def test_a_sum_gives_each_element_its_own_path() -> None:
    source = "x = torch.tensor([3.0, 4.0], requires_grad=True)\n(x.sum() * 5).backward()"
    for element in (0, 1):
        found = paths_of(source, element=element)
        assert (found.numeric, found.total, found.engine) == (True, 5.0, "agrees")


def test_a_matrix_product_has_paths_without_numbers_whose_last_edges_add_up() -> None:
    source = """
        torch.manual_seed(0)
        x = torch.randn(3, 3, requires_grad=True)
        ((x @ x) @ x).sum().backward()
    """
    found = paths_of(source)
    assert (found.numeric, found.count, found.total, found.rest) == (False, 3, None, None)
    assert all(path.product is None and not path.factors for path in found.paths)
    torch.manual_seed(0)
    x = torch.randn(3, 3, requires_grad=True)
    ((x @ x) @ x).sum().backward()
    total = sum(torch.tensor(arrival.contribution.floats()) for arrival in found.arrivals)
    assert torch.allclose(total, x.grad.flatten(), atol=1e-4)
    assert found.engine == "agrees"
    assert sum(arrival.paths for arrival in found.arrivals) == found.count


# --- large, broken, manipulated -------------------------------------------------------------------


def test_a_recurrent_network_has_more_paths_than_can_be_listed() -> None:
    backward = backward_of("""
        w = torch.tensor(0.9, requires_grad=True)
        h = torch.tensor(0.5, requires_grad=True)
        for step in range(100):
            h = torch.tanh(h * w + h)
        h.backward()
    """)
    graph = Graph(backward)
    weight, start = (paths_to(graph, node_of(backward, name)) for name in ("w", "h"))
    # From the last step down each step doubles the paths: 1 + 2 + 4 + ... of them end at w.
    assert weight.count == 2**100 - 1
    assert start.count == 2**100
    assert len(weight.paths) == MOST_PATHS
    for found in (weight, start):
        assert found.engine == "agrees"
        assert found.rest is not None
        products = [abs(path.product) for path in found.paths]
        assert products == sorted(products, reverse=True)


def test_a_deep_chain_needs_no_recursion() -> None:
    found = paths_of("""
        x = torch.tensor(1.0, requires_grad=True)
        h = x
        for step in range(2500):
            h = h * 1.001
        h.backward()
    """)
    assert (found.count, len(found.paths[0].edges), found.engine) == (1, 2501, "agrees")


@pytest.mark.parametrize(
    "line", ["torch.sqrt(x * 0) * 0", "(x * 1e30) * 1e30 - x", "torch.log(x * 0) * x"]
)
def test_infinity_and_nan_on_the_way_are_no_error_of_the_engine(line: str) -> None:
    found = paths_of(f"x = torch.tensor(2.0, requires_grad=True)\ny = {line}\ny.backward()")
    assert found.numeric
    assert found.engine != "differs"


def test_a_manipulated_gradient_differs_from_the_sum_over_the_paths() -> None:
    backward = backward_of("""
        x = torch.tensor(3.0, requires_grad=True)
        ((x**2) * x + x).backward()
    """)
    target = node_of(backward, "x")
    steps = tuple(
        msgspec.structs.replace(step, incoming=(scalar(29.0),)) if step.node == target else step
        for step in backward.steps
    )
    assert paths_to(Graph(backward), target).engine == "agrees"
    forged = msgspec.structs.replace(backward, steps=steps)
    assert paths_to(Graph(forged), target).engine == "differs"


def test_a_manipulated_local_derivative_differs_from_the_engine() -> None:
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()")
    edges = tuple(msgspec.structs.replace(edge, local=scalar(7.0)) for edge in backward.edges)
    forged = msgspec.structs.replace(backward, edges=edges)
    assert paths_to(Graph(forged), node_of(backward, "x")).engine == "differs"


def test_a_manipulated_contribution_of_a_matrix_differs() -> None:
    backward = backward_of("""
        x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        (x @ x).sum().backward()
    """)
    target = node_of(backward, "x")
    edges = list(backward.edges)
    last = next(i for i, edge in enumerate(edges) if edge.downstream == target)
    wrong = msgspec.structs.replace(edges[last].contribution, values=(9.0, 9.0, 9.0, 9.0))
    edges[last] = msgspec.structs.replace(edges[last], contribution=wrong)
    forged = msgspec.structs.replace(backward, edges=tuple(edges))
    assert paths_to(Graph(forged), target).engine == "differs"


def test_a_leaf_without_elements_has_paths_without_numbers() -> None:
    found = paths_of("""
        x = torch.zeros(0, requires_grad=True)
        (x * 2).sum().backward()
    """)
    assert (found.count, found.numeric, found.engine) == (1, False, "agrees")


def test_what_autograd_grad_returns_is_the_sum_over_its_paths() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    (expected,) = torch.autograd.grad(x**3 * x, x)
    found = paths_of("""
        x = torch.tensor(3.0, requires_grad=True)
        y = x**3 * x
        gradient, = torch.autograd.grad(y, x)
    """)
    assert (found.count, found.engine) == (2, "agrees")
    assert found.total == pytest.approx(expected.item())


def test_a_leaf_that_nothing_reached_has_no_path() -> None:
    backward = backward_of("x = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()")
    silent = tuple(msgspec.structs.replace(edge, contribution=None) for edge in backward.edges)
    stopped = msgspec.structs.replace(backward, edges=silent, steps=())
    found = paths_to(Graph(stopped), node_of(backward, "x"))
    assert (found.count, found.paths, found.engine) == (0, (), "unchecked")


def test_several_outputs_are_paths_side_by_side() -> None:
    backward = backward_of("""
        x = torch.tensor(3.0, requires_grad=True)
        (x**2 + 4 * x).backward()
    """)
    # As backward called on two tensors has it: an edge from the output to each of them.
    root = next(edge for edge in backward.edges if edge.upstream == backward.output)
    below = [edge for edge in backward.edges if edge.upstream == root.downstream]
    kept = [
        edge for edge in backward.edges if edge.upstream not in (backward.output, root.downstream)
    ]
    roots = [
        msgspec.structs.replace(edge, upstream=backward.output, slot=slot)
        for slot, edge in enumerate(below)
    ]
    two = msgspec.structs.replace(
        backward,
        edges=(*roots, *kept),
        steps=tuple(step for step in backward.steps if step.node != root.downstream),
    )
    found = paths_to(Graph(two), node_of(backward, "x"))
    assert (found.count, found.total, found.engine) == (2, 10.0, "agrees")


def scalar(number: float) -> Array:
    return Array(shape=(), dtype="float32", values=(number,), low=number, high=number, norm=number)
