"""Graphs as numbers, in the shapes of real networks: how many nodes, and arcs forward."""

from __future__ import annotations

Graph = tuple[int, list[tuple[int, int]]]


class Growing:
    """A graph that grows as a program runs: each node is made of those before it."""

    def __init__(self) -> None:
        self.nodes = 0
        self.arcs: list[tuple[int, int]] = []

    def __call__(self, *operands: int) -> int:
        made = self.nodes
        self.nodes += 1
        self.arcs += [(operand, made) for operand in operands]
        return made

    def graph(self) -> Graph:
        return self.nodes, self.arcs


def chain(length: int) -> Graph:
    return length, [(node, node + 1) for node in range(length - 1)]


def recurrent(steps: int) -> Graph:
    """h = tanh(W @ x + U @ h + b) with the same W, U and b in every step."""
    node = Growing()
    shared, again, bias, state = node(), node(), node(), node()
    for _ in range(steps):
        state = node(node(node(node(shared, node()), node(again, state)), bias))
    return node.graph()


def losses_on_the_way(steps: int) -> Graph:
    """A recurrent network with a loss at each step, added up."""
    node = Growing()
    state, total = node(), node()
    for _ in range(steps):
        state = node(node(node(node(), node()), node(node(), state)))
        total = node(total, node(node(state, node())))
    return node.graph()


def dense(width: int, layers: int = 2) -> Graph:
    """Layers of scalars: each output is a running sum of products."""
    node = Growing()
    values = [node() for _ in range(width)]
    for _ in range(layers):
        values = [_running_sum(node, values) for _ in values]
    total = values[0]
    for value in values[1:]:
        total = node(total, value)
    return node.graph()


def _running_sum(node: Growing, values: list[int]) -> int:
    total = node(values[0], node())
    for value in values[1:]:
        total = node(total, node(value, node()))
    return node(total)


def transformer(layers: int) -> Graph:
    node = Growing()

    def linear(x: int) -> int:
        return node(node(), node(node(x)), node(node()))

    def norm(x: int) -> int:
        return node(x, node(), node())

    x = node(node(), node())
    for _ in range(layers):
        query, key, value = (node(node(node(linear(normed)))) for normed in [norm(x)] * 3)
        weights = node(node(node(node(node(query, node(key))))))
        x = node(x, node(linear(node(node(node(weights, value))))))
        x = node(x, linear(node(node(linear(norm(x))))))
    node(node(linear(norm(x))))
    return node.graph()


def residual(blocks: int) -> Graph:
    node = Growing()
    x = node(node(), node())
    for _ in range(blocks):
        x = node(node(x, node(node(node(x, node())), node())))
    return node.graph()


def u_net(levels: int) -> Graph:
    node = Growing()
    x = node()
    kept = []
    for _ in range(levels):
        x = node(node(x, node()))
        kept.append(x)
        x = node(x)
    for skip in reversed(kept):
        x = node(node(node(skip, node(x, node())), node()))
    return node.graph()


def tree(depth: int) -> Graph:
    node = Growing()
    row = [node() for _ in range(2**depth)]
    while len(row) > 1:
        row = [node(*pair) for pair in zip(row[::2], row[1::2], strict=True)]
    return node.graph()


def two_towers(layers: int) -> Graph:
    node = Growing()
    ends = []
    for length in (layers, layers + 3):
        x = node()
        for _ in range(length):
            x = node(x, node(node(x, node()), node(), node()))
        ends.append(x)
    scores = node(ends[0], node(ends[1]))
    node(node(node(scores), node(node(scores))))
    return node.graph()


def hub(uses: int) -> Graph:
    """One leaf in every term of a long sum."""
    node = Growing()
    leaf, total = node(), node()
    for _ in range(uses):
        total = node(total, node(leaf, node()))
    return node.graph()


def joined(uses: int) -> Graph:
    """One leaf in every item of a stack, side by side."""
    node = Growing()
    leaf = node()
    node(*(node(leaf) for _ in range(uses)))
    return node.graph()


def all_states(steps: int) -> Graph:
    """A chain of which every state goes into one last node."""
    nodes, arcs = chain(steps)
    return nodes + 1, arcs + [(state, nodes) for state in range(nodes)]


SHAPES: dict[str, Graph] = {
    "one node": (1, []),
    "nothing joined": (5, []),
    "chain": chain(50),
    "recurrent": recurrent(20),
    "losses on the way": losses_on_the_way(20),
    "dense": dense(6),
    "transformer": transformer(3),
    "residual": residual(8),
    "U-Net": u_net(5),
    "tree": tree(5),
    "two towers": two_towers(6),
    "hub": hub(30),
    "joined": joined(30),
    "all states": all_states(30),
}

FULL_SIZE: dict[str, Graph] = {
    "recurrent, 1,000 steps": recurrent(1000),
    "dense, 60 by 60": dense(60),
    "transformer, 96 layers": transformer(96),
    "chain of 100,000": chain(100_000),
    "leaf used 10,000 times": hub(10_000),
    "10,000 states into one": all_states(10_000),
}
