"""The name of a grad_fn -> PyTorch's own derivative formulas, from the table that ships with it.

PyTorch generates the C++ of "SoftmaxBackward0" from derivatives.yaml, which lies in the package
torchgen beside torch. The file is found and read without an import of either, when a card first
needs it. Names are made as PyTorch's code generator makes them (torchgen's load_derivatives).
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

DERIVATIVES = "packaged/autograd/derivatives.yaml"
NOT_DIFFERENTIABLE = "non_differentiable"
COPY = "_copy"

_CALL = re.compile(r"(?P<name>[\w:]+)\s*\(.*\)", re.DOTALL)


class Formula(NamedTuple):
    """One line of the table: the inputs that it is for, and its text (C++), as it stands there."""

    inputs: tuple[str, ...]
    text: str

    @property
    def helper(self) -> str | None:
        """The function of PyTorch's C++ that does all the work, where the formula only calls one.

        >>> Formula(("self",), "mean_backward(grad, dim)").helper
        'mean_backward'
        >>> Formula(("self",), "grad * self.cos()").helper is None
        True
        """
        found = _CALL.fullmatch(self.text)
        if found is None or not _is_balanced(self.text[found.end("name") :].strip()[1:-1]):
            return None
        return found["name"]


class Entry(NamedTuple):
    """One operation of the table.

    operation  its name in ATen: "_softmax"
    inputs     the differentiable ones, in the order of `next_functions`
    lists      those of the inputs that are lists of tensors
    formulas   one for each input; several inputs may share one
    """

    operation: str
    inputs: tuple[str, ...]
    lists: frozenset[str]
    formulas: Mapping[str, Formula]

    def input_of(self, slot: int, slots: int) -> str | None:
        """Which input the slot of a grad_fn belongs to that has so many slots.

        >>> cat = Entry("cat", ("tensors",), frozenset({"tensors"}), {})
        >>> cat.input_of(2, slots=3)
        'tensors'
        """
        if len(self.lists) > 1:
            return None
        rest = slots - len(self.inputs) + 1
        each = [[name] * (rest if name in self.lists else 1) for name in self.inputs]
        names = [name for repeated in each for name in repeated]
        return names[slot] if slot < len(names) else None


def entry_of(kind: str) -> Entry | None:
    """The table's entry for a grad_fn. A copying twin of a view shares the view's formulas."""
    return entries().get(kind) or entries().get(kind.removesuffix(COPY))


@functools.cache
def entries() -> Mapping[str, Entry]:
    """Every entry by the name of its grad_fn; none where torchgen is not installed."""
    package = find_spec("torchgen")
    for place in (package and package.submodule_search_locations) or ():
        path = Path(place) / DERIVATIVES
        if path.is_file():
            return dict(_entries(path.read_text(encoding="utf-8")))
    return {}


def _entries(text: str) -> Iterator[tuple[str, Entry]]:
    import yaml  # not before it is needed, for the sake of a quick start

    seen: Counter[str] = Counter()
    for definition in yaml.load(text, Loader=yaml.CSafeLoader):
        schema = definition["name"]
        for key, formulas in definition.get("dispatch", {"Default": definition}).items():
            entry = _entry(schema, formulas)
            if entry.inputs:
                prefix = _prefix(entry.operation) + ("" if key == "Default" else key)
                yield f"{prefix}{seen[prefix]}", entry
                seen[prefix] += 1


def _entry(schema: str, formulas: Mapping[str, Any]) -> Entry:
    operation, parameters = _signature(schema)
    found: dict[str, Formula] = {}
    for key, text in formulas.items():
        names = tuple(name.strip() for name in key.split(","))
        # A formula for a result, such as auto_linear, is for differentiation in forward mode.
        is_backward = names[0] in parameters and isinstance(text, str)
        if is_backward and text.strip().lower() != NOT_DIFFERENTIABLE:
            found |= dict.fromkeys(names, Formula(names, " ".join(text.split())))
    return Entry(
        operation,
        inputs=tuple(name for name in parameters if name in found),
        lists=frozenset(name for name in found if "[" in parameters[name]),
        formulas=found,
    )


def _signature(schema: str) -> tuple[str, dict[str, str]]:
    """The name without its overload, and the type of each parameter.

    >>> _signature("diff.out(Tensor(a!) self, int[2] dims=[0, 1], *, bool flag=True) -> Tensor")
    ('diff', {'self': 'Tensor(a!)', 'dims': 'int[2]', 'flag': 'bool'})
    """
    name, _, rest = schema.partition("(")
    inside = rest[: rest.rindex(") ->")]
    parameters = {}
    # A comma within brackets belongs to a default, one within parentheses to an alias.
    for parameter in re.split(r",\s*(?![^\[\]]*\])(?![^()]*\))", inside):
        kind, _, parameter_name = parameter.partition("=")[0].rpartition(" ")
        if kind:
            parameters[parameter_name] = kind
    return name.partition(".")[0], parameters


def _prefix(operation: str) -> str:
    """
    >>> _prefix("_log_softmax"), _prefix("nll_loss_forward")
    ('LogSoftmaxBackward', 'NllLossBackward')
    """
    camel_case = "".join(part.title() for part in operation.split("_"))
    return f"{camel_case}Backward".replace("ForwardBackward", "Backward")


def _is_balanced(text: str) -> bool:
    """Whether no parenthesis closes that this text did not open."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return True
