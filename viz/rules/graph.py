"""A Backward, indexed for what rules ask of it: which edges, which arguments, which names."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from typing import Any

from viz.rules.guard import guarded
from viz.rules.numbers import LISTED, format_array, format_number
from viz.rules.row import Arguments, MissingValueError, Row, choose
from viz.rules.spoken import spoken
from viz.rules.table import TABLE, Table
from viz.rules.template import fields, fill_text
from viz.trace import Argument, Array, Backward, Edge, Node, to_float

LONGEST_EXPRESSION = 24
"""A result without a name goes by its expression up to so many characters, else by "mul₁"."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_INDEX = re.compile(r"[₀-₉]+|\[[\d−:, .…]+\]")


class Graph:
    """Names are found once, from the leaves up, so that a deep graph needs no recursion."""

    def __init__(self, backward: Backward, table: Table = TABLE) -> None:
        self.backward = backward
        self.table = table
        self.nodes = {node.id: node for node in backward.nodes}
        self.fired = {step.node: index for index, step in enumerate(backward.steps)}
        self.edges_from: defaultdict[str, list[tuple[int, Edge]]] = defaultdict(list)
        self.edges_into: defaultdict[str, list[tuple[int, Edge]]] = defaultdict(list)
        for index, edge in enumerate(backward.edges):
            self.edges_from[edge.upstream].append((index, edge))
            self.edges_into[edge.downstream].append((index, edge))
        self.roots = self._roots()
        self._names: dict[str, str] = {}
        self._expressions: dict[str, str] = {}
        self._name_all()

    # Names.

    @property
    def loss(self) -> str:
        """What the result is called on which backward was called; of several, what is added up:
        "a + 5·b" where they are given the gradients 1 and 5."""
        terms = [self._term(edge) for _, edge in self.edges_from[self.backward.output]]
        return " + ".join(terms) if len(self.roots) > 1 else self._names[self.roots[0]]

    def name(self, node_id: str, output: int = 0) -> str:
        """The student's name for a result, or a readable one; no two variables share a name."""
        node = self.nodes[node_id]
        name = self._names[node_id]
        # "low, high" names two results of one operation.
        each = name.split(", ") if node.variable else []
        is_each_named = len(each) == len(node.values) > output
        return each[output] if is_each_named else name

    def expression(self, node_id: str) -> str:
        """The forward operation: "y − y_pred". For what no operation made: its name."""
        return self._expressions.get(node_id) or self._names[node_id]

    def statement(self, node_id: str) -> str:
        """The expression after the student's name for it, if there is one."""
        named = self.nodes[node_id].variable is not None
        return self.headline(node_id) if named else self.expression(node_id)

    def headline(self, node_id: str) -> str:
        """The same for a card, where the result goes by "output" if it has no name."""
        name, expression = self._names[node_id], self.expression(node_id)
        is_named = self.nodes[node_id].variable is not None or node_id in self.roots
        return f"{name} = {expression}" if is_named and expression != name else expression

    def gradient(self, node_id: str, output: int = 0) -> str:
        """Its gradient's symbol: "∂loss/∂s", "∂loss/∂(x·w)"."""
        return derivative(self.loss, self.name(node_id, output))

    # Arguments.

    def plain(self, node: Node) -> dict[str, Any]:
        """The arguments that are plain values or constant numbers, by name."""
        found = plain_arguments(node)
        for argument in node.arguments:
            number = _bare_number(self.nodes.get(argument.node or ""))
            if number is not None and argument.name not in found:
                found[argument.name] = number
        return found

    def value(self, argument: Argument) -> Array | None:
        """The forward value of a tensor argument; None where it was not recorded."""
        node = self.nodes.get(argument.node or "")
        if node is None or argument.output >= len(node.values):
            return None
        return node.values[argument.output]

    def argument_name(self, argument: Argument) -> str | None:
        """A tensor's name, a plain value's number; None where nothing is known."""
        if argument.node in self._names:
            return self.name(argument.node, argument.output)
        if argument.text is None:
            return None
        value = _literal(argument.text)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return format_number(value) if is_number else argument.text

    # How names are made.

    def _roots(self) -> tuple[str, ...]:
        """The operation or leaf that made the result; of several results each, once."""
        found = [edge.downstream for _, edge in self.edges_from[self.backward.output]]
        first = self.backward.steps[0].node if self.backward.steps else self.backward.output
        return tuple(dict.fromkeys(found)) or (first,)

    def _term(self, edge: Edge) -> str:
        """One of several results, with the number that it is weighed with."""
        name, seed = self.name(edge.downstream, edge.output), edge.contribution
        if seed is None or not seed.is_scalar or seed.values is None or is_one(seed):
            return name
        return fill_text(
            "{weight}·{name}", {"weight": format_array(seed), "name": name}.__getitem__
        )

    def _name_all(self) -> None:
        order = self._order()
        variables = {node.id: self._variable(node) for node in order}
        shared = Counter(name for name in variables.values() if name)
        taken: Counter[str] = Counter()
        for node in order:
            variable = variables[node.id]
            if node.kind == "operation":
                self._expressions[node.id] = self._expression(node)
            if variable and shared[variable] > 1:
                # A loop binds one name again and again: h₀ is the leaf, h₁ the first result.
                if not taken[variable] and node.kind == "operation":
                    taken[variable] = 1
                self._names[node.id] = _numbered(variable, taken[variable])
                taken[variable] += 1
            else:
                self._names[node.id] = variable or self._unnamed(node, taken)
        output = self.loss if self.roots[0] in self._names else "output"
        self._names.setdefault(self.backward.output, output)

    def _order(self) -> list[Node]:
        """Values first, then operations in the order of the forward pass; not the output."""
        inner = [node for node in self.nodes.values() if node.id != self.backward.output]
        made = {node_id: index for index, node_id in enumerate(self.backward.forward)}
        values = [node for node in inner if node.kind != "operation"]
        operations = [node for node in inner if node.kind == "operation"]
        return values + sorted(operations, key=lambda node: made.get(node.id, len(made)))

    def _variable(self, node: Node) -> str | None:
        if node.variable is None and self.roots == (node.id,):
            return self.nodes[self.backward.output].variable or "output"
        return node.variable

    def _unnamed(self, node: Node, taken: Counter[str]) -> str:
        """An expression if it is short, a constant's value, or a word with a number."""
        text = self._expressions.get(node.id, "")
        if node.kind == "constant" and node.value is not None and _is_short(node.value):
            text = format_array(node.value)
        word = call_name(node)
        if 0 < len(text) <= LONGEST_EXPRESSION and text != word:
            return text
        taken[word] += 1
        return _numbered(word, taken[word])

    def _expression(self, node: Node) -> str:
        names: dict[str, str] = {}
        for argument in node.arguments:
            known = argument.node is None or argument.node in self._names
            name = self.argument_name(argument) if known else None
            if name is not None:
                names[argument.name] = name
        names |= _lists(names)
        template = self._template(node, self.table.get(node.name))
        if template is not None and fields(template) <= names.keys():
            return fill_text(template, names.__getitem__)
        tensors = [names[a.name] for a in node.arguments if a.node and a.name in names]
        return f"{call_name(node)}({', '.join(tensors)})" if tensors else call_name(node)

    def _template(self, node: Node, row: Row | None) -> str | None:
        if row is None:
            return None
        plain = Arguments({**row.defaults, **self.plain(node)})
        try:
            return guarded(node.name, lambda: choose(row.statement, plain), None)
        except MissingValueError:
            return None


def _lists(names: dict[str, str]) -> dict[str, str]:
    """The items of a list of tensors as one text; of many, the first two and the last.

    >>> _lists({"tensors[0]": "a", "tensors[1]": "b", "dim": "0"})
    {'tensors': 'a, b'}
    """
    lists: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in names.items():
        if name.endswith("]"):
            lists[name.partition("[")[0]].append(text)
    return {
        name: ", ".join(texts if len(texts) <= LISTED else [*texts[:2], "…", texts[-1]])
        for name, texts in lists.items()
    }


def derivative(above: str, below: str) -> str:
    """How one result changes with another, in symbols.

    >>> derivative("loss", "s"), derivative("s", "x·w")
    ('∂loss/∂s', '∂s/∂(x·w)')
    """
    return f"∂{_as_one(above)}/∂{_as_one(below)}"


def plain_arguments(node: Node) -> dict[str, Any]:
    """The arguments that the call was given as plain values."""
    return {a.name: _literal(a.text) for a in node.arguments if a.text is not None}


def call_name(node: Node) -> str:
    """The forward call's own word: "mul" for aten.mul.Tensor, "softmax" for aten._softmax;
    "nll_loss" for aten.nll_loss_forward, which nobody writes.

    >>> call_name(Node(id="n1", kind="operation", name="LogSoftmaxBackward0"))
    'log_softmax'
    """
    if node.kind != "operation":
        return node.kind
    if node.function is not None and node.function.count("."):
        return spoken(node.function.split(".")[1].strip("_")) or node.name
    bare = re.sub(r"Backward\d*$", "", node.name) or node.name
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower()


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        # "inf" and "nan" are numbers to torch, though no literals of Python.
        return to_float(text) if text in ("inf", "-inf", "nan") else text


def _bare_number(node: Node | None) -> float | None:
    """The number of a constant without a name."""
    if node is None or node.kind != "constant" or node.variable is not None:
        return None
    value = node.value
    if value is None:
        return None
    return value.floats()[0] if value.is_scalar and value.values is not None else None


def is_one(array: Array | None) -> bool:
    """Whether each element is 1."""
    return array is not None and array.low == array.high == 1 and not array.nonfinite


def _as_one(name: str) -> str:
    """A name as it is; x² and x·w in parentheses, for ∂loss/∂x² could be read as a square."""
    # The middle dot of a product is a letter to Python.
    is_one = _INDEX.sub("", name).isidentifier() and "·" not in name
    return name if is_one else f"({name})"


def _numbered(word: str, number: int) -> str:
    return word + str(number).translate(_SUBSCRIPTS)


def _is_short(value: Array) -> bool:
    return value.values is not None and len(value.shape) <= 1 and 0 < value.size <= LISTED
