"""Turn the text of an input into a tensor, by a small grammar; it is never evaluated."""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import torch

from viz.errors import InputError, LimitError
from viz.language.capacity import need_elements
from viz.language.input_numbers import (
    WHAT_WORKS,
    Nested,
    read_numbers,
    read_plain,
    whole,
)
from viz.language.lookalikes import A_SPACE, plain
from viz.limits import Limits
from viz.trace import Input

ELEMENT_BYTES = 8

LONGEST_SHOWN = 60
"""Characters of a value that a hint shows."""


def read_input(given: Input, limits: Limits) -> torch.Tensor:
    """A leaf with the value and the `requires_grad` of the input.

    Numbers and lists are float32; `tensor([0, 2])` has the dtype that torch gives it.
    Raises InputError for a text outside the grammar, LimitError for one too long or too large.
    """
    try:
        tensor = read_value(given.text, limits)
        if given.requires_grad and not tensor.is_floating_point():
            raise InputError(
                "a tensor of whole numbers can't require grad.",
                hint="Write 2. instead of 2, or switch off 'requires grad'.",
            )
        return tensor.requires_grad_(given.requires_grad)
    except (InputError, LimitError) as error:
        error.name = given.name
        raise
    except (RuntimeError, TypeError, ValueError, OverflowError, MemoryError) as error:
        raise InputError(f"PyTorch can't make this: {error}", name=given.name) from error


def read_value(text: str, limits: Limits) -> torch.Tensor:
    if len(text) > limits.input_characters:
        raise LimitError(f"an input may have at most {limits.input_characters:,} characters.")
    text = text.strip()
    if not text:
        raise InputError("there is no value.", hint=WHAT_WORKS)
    if not text.isascii():
        raise foreign_characters(text, limits)
    node = parse(text)
    if isinstance(node, ast.Call):
        return construct(node, limits)
    return torch.tensor(read_numbers(node), dtype=torch.float32)


def foreign_characters(text: str, limits: Limits) -> InputError:
    """`−2`, `［１，２］`: what was meant on a plain keyboard, where that is a value."""
    strange = next(character for character in text if not character.isascii())
    shown = f"'{strange}'" if strange.isprintable() else f"U+{ord(strange):04X}"
    wrong = f"the character {shown} can't be read."
    meant = "".join(map(plain_character, text))
    try:
        if len(meant) <= LONGEST_SHOWN and meant.isascii():
            read_value(meant, limits)
            return InputError(wrong, hint=f"Did you mean {meant}?")
    except (InputError, LimitError, RuntimeError, TypeError, ValueError, OverflowError):
        pass  # then what was meant is no value either
    instead = plain(strange)
    if instead is not None and instead != A_SPACE:
        return InputError(wrong, hint=f"Did you mean '{instead}'?")
    return InputError(wrong, hint=WHAT_WORKS)


def plain_character(character: str) -> str:
    if character.isascii():
        return character
    meant = plain(character)
    return " " if meant == A_SPACE else meant or character


def parse(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        hint = "Separate numbers by commas: [1, 2]." if text.startswith("[") else WHAT_WORKS
        raise InputError("this can't be read.", hint=hint) from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise InputError("this can't be read.", hint=WHAT_WORKS) from error


def sizes(nodes: list[ast.expr], limits: Limits) -> list[int]:
    """The sizes of a constructor, one by one or in one bracket: `zeros(2, 3)`, `zeros([2, 3])`."""
    if not nodes:
        raise InputError("there is no size.", hint="Write randn(2, 3).")
    if len(nodes) == 1 and isinstance(nodes[0], (ast.List, ast.Tuple)):
        nodes = nodes[0].elts
    found = [whole(node) for node in nodes]
    if any(size < 0 for size in found):
        raise InputError("a size is negative.", hint="Sizes count: randn(2, 3).")
    need_elements(found, ELEMENT_BYTES, limits)
    return found


def generator(seed: int) -> torch.Generator:
    """Random numbers of their own, so that the program's own random numbers stay as they are."""
    try:
        return torch.Generator().manual_seed(seed)
    except (RuntimeError, ValueError, OverflowError) as error:
        raise InputError(f"{seed} can't be a seed.", hint="Write seed=0.") from error


Constructor = Callable[[list[ast.expr], int, Limits], torch.Tensor]


def randn(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    return torch.randn(sizes(nodes, limits), generator=generator(seed))


def rand(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    return torch.rand(sizes(nodes, limits), generator=generator(seed))


def zeros(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    return torch.zeros(sizes(nodes, limits))


def ones(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    return torch.ones(sizes(nodes, limits))


def full(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    need_arguments(nodes, 2, 2, "full((2, 3), 1.5)")
    return torch.full(sizes(nodes[:1], limits), read_plain(nodes[1]))


def eye(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    need_arguments(nodes, 1, 2, "eye(3)")
    found = sizes(nodes, limits)
    need_elements(found if len(found) == 2 else found * 2, ELEMENT_BYTES, limits)
    return torch.eye(*found)


def arange(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    need_arguments(nodes, 1, 3, "arange(0., 1., 0.1)")
    numbers = [read_plain(node) for node in nodes]
    start, end, step = {1: (0, *numbers, 1), 2: (*numbers, 1)}.get(len(numbers), numbers)
    if step and all(map(math.isfinite, numbers)):
        need_elements([math.ceil(abs((end - start) / step))], ELEMENT_BYTES, limits)
    return torch.arange(*numbers)


def linspace(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    need_arguments(nodes, 3, 3, "linspace(0, 1, 5)")
    steps = sizes(nodes[2:], limits)
    return torch.linspace(read_plain(nodes[0]), read_plain(nodes[1]), *steps)


def tensor(nodes: list[ast.expr], seed: int, limits: Limits) -> torch.Tensor:
    need_arguments(nodes, 1, 1, "tensor([1., 2.])")
    read_numbers(nodes[0])  # rectangular, and nothing but numbers
    return torch.tensor(read_as_written(nodes[0]))


def read_as_written(node: ast.expr) -> Nested:
    if isinstance(node, ast.List):
        return [read_as_written(item) for item in node.elts]
    return read_plain(node)


CONSTRUCTORS: Mapping[str, Constructor] = {
    "randn": randn,
    "rand": rand,
    "zeros": zeros,
    "ones": ones,
    "arange": arange,
    "eye": eye,
    "full": full,
    "linspace": linspace,
    "tensor": tensor,
}
RANDOM = ("randn", "rand")


def need_arguments(nodes: list[ast.expr], least: int, most: int, example: str) -> None:
    if not least <= len(nodes) <= most:
        raise InputError(f"{len(nodes)} values stand in the brackets.", hint=f"Write {example}.")


def construct(node: ast.Call, limits: Limits) -> torch.Tensor:
    name = constructor_name(node.func)
    if name not in CONSTRUCTORS:
        known = ", ".join(CONSTRUCTORS)
        raise InputError("this constructor is not known.", hint=f"There are {known}.")
    seed = 0
    for keyword in node.keywords:
        if keyword.arg != "seed" or name not in RANDOM:
            raise InputError(f"'{keyword.arg}=' is not known here.", hint=WHAT_WORKS)
        seed = whole(keyword.value)
    return CONSTRUCTORS[name](node.args, seed, limits)


def constructor_name(node: ast.expr) -> Any:
    """`randn` of `randn(...)` and of `torch.randn(...)`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == "torch" else None
    return node.id if isinstance(node, ast.Name) else None
