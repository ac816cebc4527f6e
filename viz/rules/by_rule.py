"""Apply a row of the table to a recorded step: the card's lines, in symbols and in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from viz.rules.card import Card, Line, Matrix, Part, Parts
from viz.rules.check import check, values_of
from viz.rules.elements import of_elementwise, of_scaled, room
from viz.rules.graph import Graph
from viz.rules.lines import arrivals, difference, equation, shown, size_of
from viz.rules.local import check_local, check_product, local_difference, slope_of_a_scalar
from viz.rules.numbers import (
    LISTED,
    format_number,
    from_numpy,
    is_written_out,
    show,
    show_elements,
    to_numpy,
)
from viz.rules.product import Factor, Numbers, factors_in, picture, transposed
from viz.rules.row import (
    Arguments,
    MissingValueError,
    Row,
    Slot,
    choose,
    output_name,
    slots_of,
)
from viz.rules.shapes import transpose
from viz.rules.sums import sum_lines
from viz.rules.template import LOCAL_BEGINS, LOCAL_ENDS, fill, fill_text
from viz.rules.words import sentences, silent_inputs, upstream_sum
from viz.trace import Array, Edge, Node, Step

_TRANSPOSED = ".T"
_UPSTREAMS = "{upstreams}"
_SUMMED = ", summed over the axis that was broadcast,"


def explain_by_rule(graph: Graph, step: Step, row: Row) -> Card:
    """Raises MissingValueError where not even the symbols can be written, for want of arguments."""
    return _Application(graph, step, row).card()


class _Application:
    """One row, applied to one firing of one node."""

    def __init__(self, graph: Graph, step: Step, row: Row) -> None:
        self.graph = graph
        self.step = step
        self.row = row
        self.node: Node = graph.nodes[step.node]
        self.plain = Arguments({**row.defaults, **graph.plain(self.node)})
        self.slots = slots_of(row, (argument.name for argument in self.node.arguments))
        self.arrays = self._arrays()
        self.numbers = values_of(row, self.plain, self.arrays)
        self.edges = {
            edge.slot: edge
            for _, edge in graph.edges_from[step.node]
            if graph.nodes[edge.downstream].kind != "constant"
        }

    def card(self) -> Card:
        lines = []
        notes = []
        is_same = self._is_one_tensor_in_all_slots()
        for index, edge in self.graph.edges_from[self.step.node]:
            if edge.contribution is not None:
                slot = self.slots[edge.slot]
                lines.append(self._line(index, edge, slot, edge.contribution))
                note = choose(self.row.twice, self.plain) if is_same else slot.note
                notes.append(fill_text(note, self._word))
        return Card(
            title=self.node.name,
            statement=self.graph.headline(self.node.id),
            lines=(*sum_lines(self.graph, self.step), *lines),
            words=sentences(
                fill_text(self._words(), self._word),
                *notes,
                silent_inputs(self.graph, self.step),
                upstream_sum(self.graph, self.step),
            ),
            source="textbook",
        )

    def _is_one_tensor_in_all_slots(self) -> bool:
        """`x*x`: what one slot alone does is not what x does."""
        inputs = {(edge.downstream, edge.output) for edge in self.edges.values()}
        return len(self.edges) > 1 and len(inputs) == 1

    def _words(self) -> str:
        first = self.arrays.get(self.slots[0].of) if self.slots else None
        is_empty = first is not None and first.size == 0
        words = self.row.empty if is_empty and self.row.empty else self.row.words
        return choose(words, self.plain)

    # One line.

    def _line(self, index: int, edge: Edge, slot: Slot, sent: Array) -> Line:
        template = self._template(slot)
        target = self.arrays.get(slot.of)
        shape = target.shape if target is not None else sent.shape
        arrays = list(self.arrays.values())
        checked = check(slot, self.numbers, arrays, sent, shape)
        local = check_local(slot, self.numbers, arrays, edge.local)
        engine = "differs" if local.engine == "differs" else checked.engine
        if engine == "unchecked" and self._is_no_product(edge, sent):
            engine = "differs"
        symbol = self.graph.gradient(edge.downstream, edge.output)
        is_part = len(arrivals(self.graph, edge.downstream, edge.output)) > 1
        symbols = equation(
            ((Part("plain", "part of "),) if is_part else ()) + (Part("result", symbol),),
            (*fill(template, self._symbol), *self._broadcast(slot, shape)),
        )
        is_other = checked.engine == "differs" and checked.expected is not None
        result = checked.expected if is_other and checked.expected is not None else sent
        written = template if sent.size and slot.in_numbers else ""
        numbers = self._numbers(written, slot, edge, Factor("result", symbol, result))
        parts = equation(symbols, numbers.parts) + difference(checked.engine, sent)
        return Line(
            self.graph.name(edge.downstream, edge.output),
            parts + local_difference(local, edge.local),
            engine,
            index,
            local.engine,
            elements=numbers.elements if engine != "differs" else (),
            product=factors_in(symbols) if numbers.is_product else None,
        )

    def _numbers(self, template: str, slot: Slot, edge: Edge, result: Factor) -> Numbers:
        """The equation in numbers, as a picture where it is a product of matrices. Without a
        template there is only its end."""
        most = room(self.graph)
        drawn = picture(template, self._factor, result, most)
        if drawn is not None:
            return drawn
        sent = result.array
        elements: tuple[str, ...] = ()
        if 1 < sent.size <= most:
            elements = self._elements(slot, edge, sent)
        end = shown(sent, "result", result.label, elements=bool(elements))
        middle = self._in_numbers(template, bool(elements))
        return Numbers(equation(middle, end), elements)

    def _is_no_product(self, edge: Edge, sent: Array) -> bool:
        """Where the formula can't be computed: whether upstream · local is not what was sent."""
        return check_product(self.arrays.get("upstream"), edge.local, sent) == "differs"

    def _elements(self, slot: Slot, edge: Edge, sent: Array) -> tuple[str, ...]:
        """upstream · local for each element, where one number of each makes it."""
        upstream = self.arrays.get("upstream")
        if edge.local is not None:
            return of_elementwise(upstream, edge.local, sent)
        local = slope_of_a_scalar(slot, self.numbers, upstream, sent)
        return () if local is None or upstream is None else of_scaled(upstream, local, sent)

    def _factor(self, field: str) -> Factor | None:
        """A matrix in a product; None where it was not recorded."""
        array = self.arrays.get(field.removesuffix(_TRANSPOSED))
        if array is None:
            return None
        is_upstream = _output_of(field, "upstream") is not None
        turned = transposed(array) if field.endswith(_TRANSPOSED) else array
        return Factor("upstream" if is_upstream else "local", self._symbol(field), turned)

    def _template(self, slot: Slot) -> str:
        local = choose(slot.local, self.plain)
        rule = choose(slot.rule, self.plain).replace(_UPSTREAMS, self._upstreams())
        return rule.replace("{local}", f"{LOCAL_BEGINS}{local}{LOCAL_ENDS}")

    def _upstreams(self) -> str:
        """A field for the gradient of each result; of many, the first two and the last."""
        names = [f"{{{output_name('upstream', i)}}}" for i in range(len(self.step.incoming))]
        return ", ".join(names if len(names) <= LISTED else [*names[:2], "…", names[-1]])

    def _in_numbers(self, template: str, elements: bool) -> Parts:
        """Nothing where a number is missing, or a tensor too large to be written out."""
        try:
            return fill(template, lambda field: self._number(field, elements))
        except MissingValueError:
            return ()

    def _broadcast(self, slot: Slot, shape: tuple[int, ...]) -> Parts:
        upstream = self.arrays.get("upstream")
        if upstream is None or not slot.elementwise or size_of(shape) >= upstream.size:
            return ()
        return (Part("plain", _SUMMED),)

    # What a field of a template stands for.

    def _symbol(self, field: str) -> str:
        if field.endswith(_TRANSPOSED):
            name = self._symbol(field.removesuffix(_TRANSPOSED))
            # The transpose of Wᵀ is W.
            return name[:-1] if name.endswith("ᵀ") else fill_text("{of}ᵀ", {"of": name}.__getitem__)
        if (output := _output_of(field, "upstream")) is not None:
            is_silent = self.step.incoming[output] is None
            return "0" if is_silent else self.graph.gradient(self.node.id, output)
        if (output := _output_of(field, "result")) is not None:
            return self.graph.name(self.node.id, output)
        if field in self.row.derived or field in self.row.extras:
            return field
        return self._argument(field)

    def _argument(self, name: str) -> str:
        argument = self.node.argument(name)
        found = None if argument is None else self.graph.argument_name(argument)
        if found is not None:
            return found
        slots = {slot.of: index for index, slot in enumerate(self.slots)}
        edge = self.edges.get(slots.get(name, -1))
        if edge is not None:
            return self.graph.name(edge.downstream, edge.output)
        return format_number(self.plain[name])

    def _number(self, field: str, elements: bool) -> str | Matrix:
        is_transposed = field.endswith(_TRANSPOSED)
        name = field.removesuffix(_TRANSPOSED)
        if name not in self.arrays:
            number = getattr(self.numbers, name)
            if isinstance(number, int | float):
                return format_number(number)
            if not isinstance(number, np.ndarray):
                raise MissingValueError(name)
            array = from_numpy(number, "float64")
        else:
            array = self.arrays[name]
        if not is_written_out(array):
            raise MissingValueError(name)
        if is_transposed:
            array = from_numpy(transpose(to_numpy(array)), array.dtype)
        return (show_elements if elements else show)(array, "plain", self._symbol(field))

    def _word(self, field: str) -> str:
        if field in self.row.derived or field in self.row.defaults:
            return format_number(getattr(self.numbers, field))
        return self._symbol(field)

    def _incoming(self) -> Iterator[Array | None]:
        """The upstream gradients; zeros for a result from which none came, as in PyTorch."""
        for output, sent in enumerate(self.step.incoming):
            value = self.node.values[output] if output < len(self.node.values) else None
            if sent is None and value is not None:
                yield _zeros_like(value)
            else:
                yield sent

    def _arrays(self) -> dict[str, Array]:
        found: dict[str, Any] = {
            argument.name: self.graph.value(argument) for argument in self.node.arguments
        }
        found |= zip(self.row.extras, self.node.extras, strict=False)
        found |= {output_name("result", i): value for i, value in enumerate(self.node.values)}
        found |= {output_name("upstream", i): sent for i, sent in enumerate(self._incoming())}
        return {name: array for name, array in found.items() if array is not None}


def _zeros_like(value: Array) -> Array:
    if value.values is None:
        return Array(value.shape, value.dtype, low=0.0, high=0.0)
    return from_numpy(np.zeros(value.shape), value.dtype)


def _output_of(field: str, word: str) -> int | None:
    """Which output a field like result1 means; None where it is another field.

    >>> _output_of("upstream", "upstream"), _output_of("result2", "result")
    (0, 2)
    """
    number = field.removeprefix(word)
    is_one = field.startswith(word) and (not number or number.isdecimal())
    return int(number or 0) if is_one else None


def local_by_rule(graph: Graph, step: Step, row: Row, slot: int) -> np.ndarray:
    """What a row makes of the upstream gradients of this step, in numbers; of ones: the local
    derivative. Raises MissingValueError."""
    with np.errstate(all="ignore"):
        applied = _Application(graph, step, row)
        return np.asarray(applied.slots[slot].gradient(applied.numbers))
