"""The overview without a server: one page of HTML with its styles, its script, and made-up graphs.

For looking at it and for measuring it. What it would tell Python is left in `window.told`.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

from playwright.sync_api import Page

from viz.fold.overview import Beat, Frame, ItemKind, Items, Overview, Ways
from viz.page import overview

Shape = Literal["chain", "grid"]
FAMILIES = ("matrix", "activation", "normalisation", "arithmetic", "shape")
BLOCK = 42
"""Operations of a block of GPT-2."""
COLOURS = {
    "light": "--st-background-color: #ffffff; --st-text-color: #1b1f23; "
    "--st-border-color: #d4d9de; --st-primary-color: #0067a3; color-scheme: light",
    "dark": "--st-background-color: #121518; --st-text-color: #f2f4f6; "
    "--st-border-color: #39424b; --st-primary-color: #6cc0f5; color-scheme: dark",
}
SHOW = """(data) => {
  window.told ??= []
  const parentElement = document.getElementById('parent')
  const setStateValue = (name, value) => window.told.push([name, value])
  window.component({ data, parentElement, setStateValue })
}"""


def html(theme: str = "light", width: int = 860) -> str:
    texts = overview.texts()
    script = texts["js"].replace("export default function", "window.component = function")
    return (
        f'<!doctype html><meta charset="utf-8"><style>body {{ {COLOURS[theme]}; '
        "--st-font: 'Source Sans', sans-serif; background: var(--st-background-color); "
        "color: var(--st-text-color); font-family: var(--st-font); margin: 12px }\n"
        f'{texts["css"]}</style><div id="parent" style="width: {width}px">{texts["html"]}</div>'
        f'<script type="module">{script}</script>'
    )


def show(page: Page, drawn: Overview, *, run: str = "run", look: str = "look", **more: Any) -> None:
    """Hand an overview to the component, as the page does, and wait until it is drawn."""
    lines = (None,) * len(drawn.beats)
    start = more.pop("start", 0)
    page.evaluate(SHOW, overview.data_of(drawn, run, look, lines, start, **more))
    page.wait_for_selector(f".sg-overview[data-state=idle][data-shown={look}]")


def made_up(count: int, shape: Shape = "grid") -> Overview:
    """A graph of so many operations: a chain, or columns each of which uses the one before."""
    height = 1 if shape == "chain" else max(1, round(math.sqrt(count / 3)))
    numbers = range(count)
    ways = [
        (number, before)
        for number in numbers
        for before in sorted({number - height, number - height - 1})
        if before >= 0 and number // height - before // height == 1
    ]
    items = Items(
        id=tuple(f"n{number}" for number in numbers),
        kind=("operation",) * count,
        title=tuple("MulBackward0" if number % 3 else "TanhBackward0" for number in numbers),
        detail=("64×768",) * count,
        module=tuple(f"layers.{number * 12 // count}.act" for number in numbers),
        family=tuple(FAMILIES[number % len(FAMILIES)] for number in numbers),
        variable=("",) * count,
        shape=("64×768",) * count,
        count=(1,) * count,
        x=tuple(float(number // height) for number in numbers),
        y=tuple(float(-(number % height)) for number in numbers),
        norm=tuple(10 ** (-4 + 4 * number / count) for number in numbers),
        nonfinite=(0,) * count,
        first=tuple(count - 1 - number for number in numbers),
    )
    return Overview(
        items=items,
        ways=Ways(*map(tuple, zip(*ways, strict=True)), norm=(0.5,) * len(ways)),
        beats=tuple(Beat(count - 1 - number, number, number + 1) for number in numbers),
        operations=count,
    )


class Made(NamedTuple):
    """One made-up item in a column."""

    kind: ItemKind
    title: str
    detail: str
    module: str
    y: float = 0.0
    count: int = 1


def transformer(blocks: int = 12, opened: int | None = None) -> Overview:
    """A GPT-2 as it looks folded: embeddings, blocks, head and loss; one block may be open."""
    columns: list[list[Made]] = [
        [
            Made("leaf", "wte", "50257×768", "transformer.wte", 0.5),
            Made("leaf", "wpe", "1024×768", "transformer.wpe", -0.5),
        ],
        [Made("group", "embed", "3 operations", "transformer", count=3)],
    ]
    frames, skips = [], []
    for block in range(blocks):
        name = f"transformer.h.{block}"
        if block != opened:
            columns.append([Made("group", f"h.{block}", "42 operations", name, count=BLOCK)])
            continue
        first = len(columns)
        for part, count in (("ln_1", 1), ("attn", 24), ("", 1), ("ln_2", 1), ("mlp", 14), ("", 1)):
            shown = (
                Made("group", part, f"{count} operations", f"{name}.{part}", count=count)
                if part
                else Made("operation", "AddBackward0", "1×64×768", name)
            )
            columns.append([shown])
        frames.append(Frame(name, f"h.{block}", first - 0.5, -0.75, len(columns) - 0.5, 1.6))
        skips = [(first + 2, first - 1), (first + 5, first + 2)]
    columns += [
        [Made("operation", "NativeLayerNormBackward0", "1×64×768", "transformer.ln_f")],
        [Made("operation", "MmBackward0", "64×50257", "lm_head")],
        [Made("group", "cross_entropy", "2 operations", "", count=2)],
        [Made("output", "loss", "", "")],
    ]
    return _overview_of(columns, tuple(frames), skips)


def _overview_of(
    columns: list[list[Made]], frames: tuple[Frame, ...], skips: list[tuple[int, int]]
) -> Overview:
    flat = [(x, made) for x, column in enumerate(columns) for made in column]
    at = [[i for i, (x, _) in enumerate(flat) if x == column] for column in range(len(columns))]
    steps = [(up, up - 1) for up in range(1, len(columns))]
    ways = [(up, down) for a, b in (*steps, *skips) for up in at[a] for down in at[b]]
    beats, start = [], 0
    for i in reversed(range(len(flat) - 1)):
        beats.append(Beat(i, start, start + flat[i][1].count))
        start += flat[i][1].count
    items = Items(
        id=tuple(
            made.module if made.kind == "group" else f"n{i}" for i, (_, made) in enumerate(flat)
        ),
        kind=tuple(made.kind for _, made in flat),
        title=tuple(made.title for _, made in flat),
        detail=tuple(made.detail for _, made in flat),
        module=tuple(made.module for _, made in flat),
        family=tuple("arithmetic" if made.kind == "operation" else "" for _, made in flat),
        variable=tuple("loss" if made.kind == "output" else "" for _, made in flat),
        shape=tuple(made.detail if "×" in made.detail else "" for _, made in flat),
        count=tuple(made.count for _, made in flat),
        x=tuple(float(x) for x, _ in flat),
        y=tuple(made.y for _, made in flat),
        norm=tuple(10 ** (-2.5 + 0.14 * x + 0.4 * math.sin(x)) for x, _ in flat),
        nonfinite=tuple(int(made.title == "h.5") for _, made in flat),
        first=tuple(len(flat) - 2 - i for i in range(len(flat))),
    )
    return Overview(
        items=items,
        ways=Ways(*map(tuple, zip(*ways, strict=True)), norm=(0.4,) * len(ways)),
        beats=tuple(beats),
        frames=frames,
        opened=tuple(frame.id for frame in frames),
        operations=start,
        hidden=sum(made.count for _, made in flat if made.kind == "group"),
    )
