"""Gather what both the still and the moving part of the figure need: one Backward, placed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from viz.draw import geometry
from viz.draw.theme import Theme, ThemeName, theme_of
from viz.layout.places import CutRoute, Layout, Place, Route
from viz.rules.surprises import surprises_of
from viz.trace import Array, Backward, Edge, Leaf, Node, Step

LEGEND_HEIGHT = 40.0
LEGEND_WIDTH = 610.0
RICH_EDGES = 80
"""Up to this many edges each frame holds all that has arrived; above it, only what its own step
sends: frames of constant size, where full ones would grow with the square of the program."""
CHIP_POINTS = 16
"""Points of the outline of a chip: there may be a thousand of them."""


@dataclass(frozen=True)
class Scene:
    """A Backward with the place of each node and the route of each edge."""

    backward: Backward
    layout: Layout
    theme: Theme
    forward_first: bool = False
    legend: bool = False

    @staticmethod
    def of(
        backward: Backward,
        layout: Layout,
        theme: ThemeName,
        forward_first: bool = False,
        legend: bool = False,
    ) -> Scene:
        """`legend`: inside the figure; the page has it beside the figure, where nothing scrolls."""
        return Scene(backward, layout, theme_of(theme), forward_first, legend)

    @cached_property
    def width(self) -> float:
        return max(self.layout.width, LEGEND_WIDTH if self.legend else 0)

    @cached_property
    def height(self) -> float:
        return self.layout.height + self.strip

    @cached_property
    def strip(self) -> float:
        """Height below the graph that the legend takes."""
        return LEGEND_HEIGHT if self.legend else 0.0

    @cached_property
    def nodes(self) -> dict[str, Node]:
        return {node.id: node for node in self.backward.nodes}

    @cached_property
    def places(self) -> dict[str, Place]:
        """Centred in the figure, above the strip of the legend."""
        return {place.node: place for place in self._all_places if place.use is None}

    @cached_property
    def chips(self) -> tuple[Place, ...]:
        """More places of leaves and constants: beside each of their far-apart uses."""
        return tuple(place for place in self._all_places if place.use is not None)

    @cached_property
    def _all_places(self) -> tuple[Place, ...]:
        aside = (self.width - self.layout.width) / 2
        return tuple(
            Place(
                place.node,
                place.x + aside,
                place.y + self.strip,
                place.width,
                place.height,
                place.use,
            )
            for place in self.layout.places
        )

    @cached_property
    def routes(self) -> dict[int, Route]:
        aside = (self.width - self.layout.width) / 2
        return {
            route.edge: Route(
                route.edge,
                tuple((x + aside, y + self.strip) for x, y in route.points),
                (route.label[0] + aside, route.label[1] + self.strip) if route.label else None,
            )
            for route in self.layout.routes
        }

    @cached_property
    def cuts(self) -> tuple[CutRoute, ...]:
        aside = (self.width - self.layout.width) / 2
        return tuple(
            CutRoute(
                route.cut,
                tuple((x + aside, y + self.strip) for x, y in route.points),
                (route.label[0] + aside, route.label[1] + self.strip),
                route.stub,
            )
            for route in self.layout.cuts
        )

    @cached_property
    def badges(self) -> dict[str, str]:
        """What is said beside a node: the sign and the word of the gravest surprise there."""
        found: dict[str, str] = {}
        for surprise in surprises_of(self.backward):
            if surprise.mark and surprise.nodes and surprise.kind != "stop":
                found.setdefault(surprise.nodes[0], surprise.mark)
        return found

    @cached_property
    def stopped(self) -> str | None:
        """The node that could not compute its gradient."""
        return self.backward.stop.node if self.backward.stop is not None else None

    @cached_property
    def most_steps(self) -> int:
        """How many steps the pass has, or would have had."""
        if self.backward.stop is None:
            return len(self.backward.steps)
        return sum(node.kind in ("operation", "leaf") for node in self.backward.nodes)

    @cached_property
    def outlines(self) -> dict[str, tuple[geometry.Polyline, ...]]:
        """Of each node all outlines: of its own place, then of its chips."""
        found = {
            node_id: (geometry.outline(place, self.nodes[node_id].kind == "operation"),)
            for node_id, place in self.places.items()
        }
        chips: dict[str, list[geometry.Polyline]] = {}
        for place in self.chips:
            chips.setdefault(place.node, []).append(geometry.outline(place, False, CHIP_POINTS))
        return found | {node_id: (*found[node_id], *more) for node_id, more in chips.items()}

    @cached_property
    def gradient_paths(self) -> dict[int, geometry.Polyline]:
        """For each edge on which the engine sent something: its way, beside the forward line."""
        return {
            index: geometry.gradient_path(self.routes[index])
            for index, edge in enumerate(self.backward.edges)
            if edge.contribution is not None
        }

    @cached_property
    def edges_from(self) -> dict[str, tuple[int, ...]]:
        """The edges on which a node's firing sends something, by the node."""
        found: dict[str, tuple[int, ...]] = {node.id: () for node in self.backward.nodes}
        for index in self.gradient_paths:
            upstream = self.backward.edges[index].upstream
            found[upstream] = (*found[upstream], index)
        return found

    @cached_property
    def edges_to(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {node.id: () for node in self.backward.nodes}
        for index in self.gradient_paths:
            downstream = self.backward.edges[index].downstream
            found[downstream] = (*found[downstream], index)
        return found

    @cached_property
    def edges_at(self) -> dict[str, tuple[int, ...]]:
        """All edges that touch a node, by the node."""
        found: dict[str, list[int]] = {node.id: [] for node in self.backward.nodes}
        for index, edge in enumerate(self.backward.edges):
            found[edge.upstream].append(index)
            found[edge.downstream].append(index)
        return {node: tuple(indices) for node, indices in found.items()}

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        return {leaf.node: leaf for leaf in self.backward.leaves if leaf.node is not None}

    @cached_property
    def firings(self) -> frozenset[str]:
        """The nodes that fire at some step."""
        return frozenset(step.node for step in self.backward.steps)

    @cached_property
    def rich(self) -> bool:
        return len(self.backward.edges) <= RICH_EDGES

    @cached_property
    def values_appear(self) -> bool:
        """Whether forward values appear one by one; otherwise all stand there from the start."""
        return self.forward_first and self.rich

    def value(self, edge: Edge) -> Array | None:
        """The forward value that ran along the edge."""
        values = self.nodes[edge.downstream].values
        return values[edge.output] if edge.output < len(values) else None

    def sent(self, step: int) -> tuple[int, ...]:
        """The edges that have carried a gradient once this many steps are done (0: the seed)."""
        fired = [self.backward.output, *(s.node for s in self.backward.steps[:step])]
        return tuple(index for node in fired for index in self.edges_from[node])

    def returns(self, step: Step) -> bool:
        """Whether `torch.autograd.grad` takes the gradient out here, rather than run the node."""
        if self.backward.way != "grad":
            return False
        sent = any(array is not None for array in step.outgoing)
        return self.nodes[step.node].kind == "leaf" or not sent

    def firing_node(self, step: int) -> str:
        """The node that fires at this step, from 1; at 0 the output; after the last step the one
        that could not."""
        if step > len(self.backward.steps):
            return self.stopped or self.backward.output
        return self.firing(step).node if step else self.backward.output

    def firing(self, step: int) -> Step:
        """The step with this number, from 1."""
        return self.backward.steps[step - 1]
