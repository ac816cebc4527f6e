"""Turn a Backward into positions in nearly linear time: for graphs that Graphviz takes long over.

Nodes, the numbers of edges and the words of cuts are all items of one layered drawing, which takes
turns between columns of nodes and columns of numbers. So every number has a place of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from viz.layout import sizes
from viz.layout.chips import places_of_uses
from viz.layout.layered import Spots, layered
from viz.layout.places import CutRoute, Layout, Place, Point, Route
from viz.layout.sizes import Size
from viz.trace import Backward, Node

ROW = 120.0
"""Pixels of one row of the layered drawing."""
GAP, STEEP, WIDEST_GAP = 34.0, 0.1, 150.0
"""Between two columns: at least, and more where lines run up or down, per pixel that they do."""
MARGIN = 24.0
APART = 12.0
"""Between the outlines, captions and numbers of one column."""
SPARE = 10.0
"""Pixels of a caption that stand in the room of what is below."""
PASSING: Size = (8.0, 40.0)
"""Room for an edge without numbers."""


@dataclass(frozen=True)
class Item:
    """Something with a place: a node (or a chip of it), the numbers of an edge, words of a cut.

    use    the first operation beside a chip
    room   width and height that are kept free
    """

    node: Node | None
    use: str | None
    room: Size


class _Plan:
    """The items, and the arcs between them in forward order."""

    def __init__(self, backward: Backward) -> None:
        self.backward = backward
        self.items: list[Item] = []
        self.arcs: list[tuple[int, int]] = []
        self.home: dict[str, int] = {}
        self.serving: dict[tuple[str, str], int] = {}
        stopped = backward.stop.node if backward.stop is not None else None
        places = places_of_uses(backward)
        for node in backward.nodes:
            others = places.get(node.id, ())[1:]
            room = _room(node) if node.id != stopped else sizes.stop_room()
            self.home[node.id] = self._add(Item(node, None, room))
            for users in others:
                chip = self._add(Item(node, users[0], _room(node, chip=True)))
                self.serving.update({(node.id, user): chip for user in users})
        nodes = sizes.node_index(backward)
        self.edges = [
            self._joined(
                self._source(edge.downstream, edge.upstream),
                self.home[edge.upstream],
                sizes.label(edge, nodes) or PASSING,
            )
            for edge in backward.edges
        ]
        self.cuts = [
            self._joined(
                self._source(cut.source, cut.node) if cut.source is not None else None,
                self.home[cut.node],
                sizes.cut_label(cut),
            )
            for cut in backward.cuts
        ]

    def _add(self, item: Item) -> int:
        self.items.append(item)
        return len(self.items) - 1

    def _source(self, node: str, user: str) -> int:
        return self.serving.get((node, user), self.home[node])

    def _joined(self, start: int | None, end: int, room: Size) -> tuple[int | None, int, int]:
        """The arc into the numbers, the numbers, the arc out of them; as positions."""
        middle = self._add(Item(None, None, (room[0], room[1] + APART)))
        into = None
        if start is not None:
            into = len(self.arcs)
            self.arcs.append((start, middle))
        self.arcs.append((middle, end))
        return into, middle, len(self.arcs) - 1


def arrange_large(backward: Backward) -> Layout:
    """Positions by layers. A leaf with far-apart uses has its home at the first and chips at the
    others."""
    plan = _Plan(backward)
    heights = [item.room[1] / ROW for item in plan.items]
    drawn = _Drawn(plan, layered(len(plan.items), plan.arcs, breadth=heights))
    nodes = sizes.node_index(backward)
    routes = []
    for index, (edge, (into, middle, out)) in enumerate(
        zip(backward.edges, plan.edges, strict=True)
    ):
        shown = sizes.label(edge, nodes) is not None
        points = drawn.line(into, out)
        routes.append(Route(index, points, drawn.point(middle) if shown else None))
    cuts = []
    for index, (cut, (into, middle, out)) in enumerate(zip(backward.cuts, plan.cuts, strict=True)):
        x, y = drawn.point(middle)
        if into is not None:
            cuts.append(CutRoute(index, drawn.line(into, out), (x, y), stub=False))
            continue
        # The words stand at the left of their room, the line begins to the right of them.
        right = x + sizes.cut_label(cut)[0] / 2 - sizes.STUB
        line = ((right, y), *drawn.line(None, out)[1:])
        cuts.append(CutRoute(index, line, (x - sizes.STUB / 2, y), stub=True))
    return Layout(drawn.width, drawn.height, drawn.places(), tuple(routes), tuple(cuts))


def _room(node: Node, chip: bool = False) -> Size:
    """With room for the caption below, and as much above: lines run through the middle."""
    width, height = sizes.chip(node) if chip else sizes.outline(node)
    below = 0.0 if chip else max(sizes.caption(node) - SPARE, 0.0)
    return width, height + 2 * below + APART


class _Drawn:
    """Pixels for the columns and rows of the items."""

    def __init__(self, plan: _Plan, spots: Spots) -> None:
        self.plan = plan
        self.spots = spots
        self.columns: list[int] = spots.column.astype(int).tolist()
        self.rows: list[float] = spots.row.tolist()
        widths = [0.0] * (max(self.columns) + 1)
        for item, column in zip(plan.items, self.columns, strict=True):
            widths[column] = max(widths[column], item.room[0])
        steep = self._steepest(len(widths))
        self.left: list[float] = []
        self.right: list[float] = []
        x = MARGIN
        for width, rise in zip(widths, steep, strict=True):
            self.left.append(x)
            self.right.append(x + width)
            x += width + min(GAP + STEEP * rise, WIDEST_GAP)
        self._keep_captions_inside()
        top = min(
            row * ROW - item.room[1] / 2 for row, item in zip(self.rows, plan.items, strict=True)
        )
        bottom = max(
            row * ROW + item.room[1] / 2 for row, item in zip(self.rows, plan.items, strict=True)
        )
        bent = [row * ROW for bends in spots.bends for _, row in bends]
        self.top = min([top, *bent]) - MARGIN
        self.height = round(max([bottom, *bent]) + MARGIN - self.top, 1)
        self.width = round(self.right[-1] + MARGIN, 1)

    def _keep_captions_inside(self) -> None:
        """The sum below a leaf may reach farther to the left than its outline."""
        backward = self.plan.backward
        uses = Counter(edge.downstream for edge in backward.edges)
        held = {leaf.node for leaf in backward.leaves if leaf.before is not None}
        lefts = [
            (self.left[column] + self.right[column]) / 2
            - sizes.left_extent(item.node, uses[item.node.id], item.node.id in held)
            for item, column in zip(self.plan.items, self.columns, strict=True)
            if item.node is not None and item.use is None
        ]
        aside = max(0.0, MARGIN - min(lefts))
        self.left = [x + aside for x in self.left]
        self.right = [x + aside for x in self.right]

    def _steepest(self, columns: int) -> list[float]:
        """How far lines run up or down in the gap behind each column, in pixels."""
        steep = [0.0] * columns
        for (start, end), bends in zip(self.plan.arcs, self.spots.bends, strict=True):
            before = (float(self.columns[start]), self.rows[start])
            for after in (*bends, (self.columns[end], self.rows[end])):
                if after[0] - before[0] == 1:
                    rise = abs(after[1] - before[1]) * ROW
                    steep[int(before[0])] = max(steep[int(before[0])], rise)
                before = after
        return steep

    def point(self, item: int) -> Point:
        column = self.columns[item]
        return round((self.left[column] + self.right[column]) / 2, 1), self._y(self.rows[item])

    def _y(self, row: float) -> float:
        return round(self.height - (row * ROW - self.top), 1)

    def places(self) -> tuple[Place, ...]:
        return tuple(
            Place(item.node.id, *self.point(number), *_outline(item), item.use)
            for number, item in enumerate(self.plan.items)
            if item.node is not None
        )

    def line(self, into: int | None, out: int) -> tuple[Point, ...]:
        """From outline to outline through the numbers; sloped in the gaps between columns alone."""
        arcs, bends = self.plan.arcs, self.spots.bends
        middle, end = arcs[out]
        inner = [*self._across(self.columns[middle], self.rows[middle])]
        for column, row in bends[out]:
            inner += self._across(int(column), row)
        if into is not None:
            before: list[Point] = []
            for column, row in bends[into]:
                before += self._across(int(column), row)
            inner = [*before, *inner]
            inner.insert(0, self._touch(arcs[into][0], inner[0]))
        return (*inner, self._touch(end, inner[-1]))

    def _across(self, column: int, row: float) -> tuple[Point, Point]:
        y = self._y(row)
        return (round(self.left[column], 1), y), (round(self.right[column], 1), y)

    def _touch(self, item: int, other: Point) -> Point:
        """Where a line to the other point leaves the outline."""
        x, y = self.point(item)
        node = self.plan.items[item].node
        half = _outline(self.plan.items[item])[0] / 2
        if node is None or node.kind != "operation":
            return round(x + (half if other[0] > x else -half), 1), y
        away = ((other[0] - x) ** 2 + (other[1] - y) ** 2) ** 0.5 or 1.0
        share = half / away
        return round(x + (other[0] - x) * share, 1), round(y + (other[1] - y) * share, 1)


def _outline(item: Item) -> Size:
    if item.node is None:
        return item.room
    return sizes.outline(item.node) if item.use is None else sizes.chip(item.node)
