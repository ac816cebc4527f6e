"""A formula with {fields} -> runs of text with roles, parenthesised as a person would write it.

The same template is filled twice: with names ("2·s") and with numbers ("2·(−1)").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum

from viz.rules.card import Matrix, Part, Parts, Role

LOCAL_BEGINS, LOCAL_ENDS = "⟦", "⟧"
"""Around the local derivative inside a whole formula; never shown."""

_TOKEN = re.compile(rf"(\{{[^{{}}]*\}}|{LOCAL_BEGINS}|{LOCAL_ENDS})")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿᵀ^"


class Binding(IntEnum):
    """How tightly the parts of a text hold together; 2·(a + b) needs its parentheses."""

    LOOSE = 0
    SUM = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


_OPERATORS = {"+": Binding.SUM, "−": Binding.SUM}
_OPERATORS |= dict.fromkeys("·/@", Binding.PRODUCT)
_OPERATORS |= dict.fromkeys(_SUPERSCRIPTS, Binding.POWER)


def binding_of(text: str) -> Binding:
    """The loosest operator of the text that stands outside parentheses.

    >>> [binding_of(text).name for text in ("a − b", "a·b", "(a − b)²", "exp(a·b)", "∂loss/∂s")]
    ['SUM', 'PRODUCT', 'POWER', 'ATOM', 'ATOM']
    """
    if text.startswith("∂"):  # a gradient's symbol is read as one
        return Binding.ATOM
    depth = 0
    loosest = Binding.ATOM
    for index, character in enumerate(text):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0 and character in _OPERATORS:
            # The minus of "−2" and of "1e−7" joins nothing.
            joins = character not in "+−" or text[index - 1 : index] == " "
            loosest = min(loosest, _OPERATORS[character]) if joins else loosest
    return loosest


def fill(template: str, look_up: Callable[[str], str | Matrix]) -> Parts:
    """The template with each {field} replaced by what `look_up` gives for it.

    The role is "upstream" for {upstream}, "local" between the marks, "plain" elsewhere.

    >>> for part in fill("{upstream} · ⟦2·{s}⟧", {"upstream": "1", "s": "−1"}.__getitem__):
    ...     print(part.role, repr(part.text))
    upstream '1'
    plain ' · '
    local '2·(−1)'
    """
    tokens = [token for token in _TOKEN.split(template) if token]
    parts: list[Part | Matrix] = []
    around: Role = "plain"
    for index, token in enumerate(tokens):
        if token in (LOCAL_BEGINS, LOCAL_ENDS):
            around = "local" if token == LOCAL_BEGINS else "plain"
        elif token.startswith("{"):
            found = look_up(token[1:-1])
            role: Role = "upstream" if token.startswith("{upstream") else around
            if isinstance(found, Matrix):
                parts.append(Matrix(role, found.label, found.rows))
            else:
                before, after = _literal(tokens[:index][::-1]), _literal(tokens[index + 1 :])
                _append(parts, role, enclose(found, before, after))
        else:
            _append(parts, around, token)
    return tuple(parts)


def fill_text(template: str, look_up: Callable[[str], str]) -> str:
    """The same as one text.

    >>> fill_text("{a} − {b}", {"a": "x·w", "b": "p + q"}.__getitem__)
    'x·w − (p + q)'
    >>> fill_text("{a}²", {"a": "x·w"}.__getitem__), fill_text("cos({a})", {"a": "−2"}.__getitem__)
    ('(x·w)²', 'cos(−2)')
    """
    return "".join(part.text for part in fill(template, look_up) if isinstance(part, Part))


def fields(template: str) -> set[str]:
    """The names in braces."""
    return set(re.findall(r"\{([^{}]*)\}", template))


def enclose(text: str, before: str, after: str) -> str:
    """The text in parentheses where its neighbours in the formula would tear it apart."""
    left = _OPERATORS.get(before.rstrip()[-1:], Binding.LOOSE)
    right = _OPERATORS.get(after.lstrip()[:1], Binding.LOOSE)
    if after[:1] == "[":  # an index holds on as tightly as an exponent
        right = Binding.POWER
    binding = binding_of(text)
    torn = binding < right or (binding <= left and left > Binding.LOOSE)
    # A minus stands free only at the beginning; and a fraction, a minus or a power is not the base
    # of a power.
    torn |= text.startswith("−") and left > Binding.LOOSE
    torn |= right == Binding.POWER and (text[:1] in ("−", "∂") or binding == Binding.POWER)
    return f"({text})" if torn else text


def _literal(neighbours: list[str]) -> str:
    """The nearest token that is no mark; "" where it is another field or the end."""
    nearest = next((token for token in neighbours if token not in (LOCAL_BEGINS, LOCAL_ENDS)), "")
    return "" if nearest.startswith("{") else nearest


def _append(parts: list[Part | Matrix], role: Role, text: str) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, Part) and last.role == role:
        parts[-1] = Part(role, last.text + text)
    else:
        parts.append(Part(role, text))
