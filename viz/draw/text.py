"""Turn names and tensors into the short texts of the figure, safe for plotly.

Plotly reads pseudo-HTML in every text (`<a href=...>` too): what comes from a user is escaped here.
"""

from __future__ import annotations

import unicodedata

from viz.layout.places import SUMMARY, block
from viz.rules import format_number
from viz.trace import Array, to_float

NAME_LENGTH = 16
SCALAR_ROOM, ELEMENT_ROOM = 7, 6
"""Characters of one number, alone and in a matrix; `block` counts on them."""


def plain(text: str, length: int = NAME_LENGTH) -> str:
    """The text without control characters, cut, and escaped for plotly.

    >>> plain("<b>x</b>")
    '&lt;b&gt;x&lt;/b&gt;'
    >>> plain("a_very_long_name_indeed")
    'a_very_long_nam…'
    """
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    if len(kept) > length:
        kept = kept[: length - 1] + "…"
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def coloured(text: str, colour: str) -> str:
    return f'<span style="color:{colour}"><b>{text}</b></span>'


def named(variable: str | None, array: Array | None, colour: str) -> str:
    """ "y = 3", or the name above the numbers where these take several lines."""
    text = numbers(array)
    value = coloured(text, colour)
    if not variable:
        return value
    return f"{plain(variable)}<br>{value}" if "<br>" in text else f"{plain(variable)} = {value}"


def shape_text(shape: tuple[int, ...]) -> str:
    """
    >>> shape_text((2, 3)), shape_text(())
    ('[2×3]', '')
    """
    return f"[{'×'.join(map(str, shape))}]" if shape else ""


def numbers(array: Array | None) -> str:
    """The array's numbers as they fit into `block(shape)`: whole where small, else a summary."""
    if array is None:
        return "?"
    if array.values is None or block(array.shape) == SUMMARY:
        return summary(array)
    values = [to_float(value) for value in array.values]
    if array.dtype == "bool":
        return " ".join("True" if value else "False" for value in values)
    if array.is_scalar:
        return fitted(values[0], SCALAR_ROOM)
    columns = array.shape[-1]
    rows = [values[start : start + columns] for start in range(0, len(values), columns)]
    return "<br>".join(
        f"[{', '.join(fitted(value, ELEMENT_ROOM) for value in row)}]" for row in rows
    )


def numbers_of_all(arrays: tuple[Array | None, ...]) -> str:
    """The numbers of one result; of several, those of scalars beside each other."""
    if len(arrays) == 1:
        return numbers(arrays[0])
    return ", ".join(
        shape_text(array.shape) if array is not None and array.shape else numbers(array)
        for array in arrays
    )


def fitted(value: float, room: int) -> str:
    """The number with as many digits as have room, in the notation that has room for more of them.

    >>> fitted(-0.95, 7), fitted(0.00037551, 7), fitted(-0.0287, 6), fitted(float("nan"), 6)
    ('−0.95', '3.76e−4', '−0.029', 'NaN')
    """
    tried = [format_number(value, 4)]
    for digits in (4, 3, 2, 1):
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        short = f"{mantissa}e{int(exponent)}".replace("-", "−") if exponent else tried[0]
        tried += [format_number(value, digits), short]
    return next((text for text in tried if len(text) <= room), min(tried, key=len))


def summary(array: Array) -> str:
    """Shape and range: "[64×10]", then "−1.2 … 3.4"."""
    if array.size == 0:
        return f"{shape_text(array.shape)}<br>empty"
    odd = f" · {array.nonfinite} not finite" if array.nonfinite else ""
    if array.low is None or array.high is None:
        return f"{shape_text(array.shape)}<br>{odd.removeprefix(' · ')}"
    low, high = _element(to_float(array.low)), _element(to_float(array.high))
    span = low if low == high else f"{low} … {high}"
    return f"{shape_text(array.shape)}<br>{span}{odd}"


def full(array: Array | None, length: int = 8) -> str:
    """For the hover: shape, type and as many numbers as can be read."""
    if array is None:
        return "not recorded"
    head = f"{shape_text(array.shape) or 'scalar'} {array.dtype}"
    if array.values is None or len(array.shape) > 2 or array.size == 0:
        if array.norm is None:
            return f"{head} · {array.nonfinite} not finite" if array.size else f"{head} · empty"
        mean, norm = format_number(to_float(array.mean or 0)), format_number(to_float(array.norm))
        return f"{head}<br>{summary(array)}<br>mean {mean} · norm {norm}"
    values = [format_number(to_float(value)) for value in array.values]
    if array.is_scalar:
        return f"{head}<br>{values[0]}"
    columns = array.shape[-1]
    rows = [values[start : start + columns] for start in range(0, len(values), columns)]
    lines = [", ".join(row[:length]) + (", …" if columns > length else "") for row in rows[:length]]
    return "<br>".join([head, *lines, *(["…"] if len(rows) > length else [])])


def _element(value: float) -> str:
    return fitted(value, ELEMENT_ROOM)
