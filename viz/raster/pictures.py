"""Turn a Trace into picture files of the stage: one step as SVG or PNG, all steps as a GIF."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal

from PIL import Image

from viz.draw.moments import Moment, moments_of, step_count, step_moment
from viz.draw.scene import Scene
from viz.draw.snapshot import snapshot
from viz.draw.theme import ThemeName
from viz.errors import InputError, LimitError
from viz.raster.frames import gif
from viz.raster.lettering import Lettering
from viz.raster.pixels import png, scale_within
from viz.trace import Trace

PNG_SCALE = 2.0
FILM_WIDTH, FILM_HEIGHT = 1280.0, 800.0
"""Pixels: a larger graph is shown smaller."""
LEGIBLE = 0.6
"""Where it would be smaller than that, the film shows the part around the active node."""
MOST_FRAMES = 240
LEAST, MOST, LAST, EACH_LETTER = 1400, 4000, 5000, 25
"""Milliseconds: a frame stands as long as its words take to read; the last one longest."""


def picture(
    trace: Trace,
    step: int = -1,
    form: Literal["svg", "png"] = "svg",
    backward: int = -1,
    *,
    theme: ThemeName = "light",
    scale: float | None = None,
) -> bytes:
    """One backward pass as it stands after so many steps: the bytes of a file.

    step      0 is where backward starts; below 0 from the last; -1 is the end of the pass
    backward  which backward pass, as an index into `trace.backwards`
    scale     pixels for one of the stage's; 1 for SVG and 2 for PNG, less for a very large graph

    An SVG is text with the page's font asked for, and the usual ones where that is missing; a PNG
    is written with that font. Raises InputError where the trace has no such backward pass or step,
    LimitError for a scale at which a PNG would be too large.
    """
    scene = _scene(trace, backward, theme)
    moment = step_moment(scene, _step(step, step_count(scene)))
    if form == "svg":
        return snapshot(scene, moment, zoom=scale or 1.0).encode()
    if form != "png":
        raise InputError(f"unknown form {form!r}.", hint='There are "svg" and "png".')
    wished = scale or PNG_SCALE
    largest = scale_within(scene.width, scene.height, wished)
    if scale is not None and largest < scale:
        raise LimitError(
            f"a PNG at scale {scale:g} would be too large.",
            hint=f"This graph fits at {largest:.3g}; an SVG has no such limit.",
        )
    return _png(scene, moment, (), largest)


def film(
    trace: Trace,
    backward: int = -1,
    *,
    theme: ThemeName = "light",
    forward_first: bool = False,
    scale: float | None = None,
    on_frame: Callable[[int, int], object] | None = None,
) -> bytes:
    """One backward pass as an animated GIF, a frame for each step.

    backward       which backward pass, as an index into `trace.backwards`
    forward_first  whether the forward pass is shown before it
    scale          pixels for one of the stage's; 1, or what fits into 1280x800
    on_frame       is called with how many frames are drawn, and of how many

    Of a graph that would be too small to be read, the part around the active node is shown. Of a
    pass with more than 240 steps evenly chosen ones are, with their numbers. Raises InputError
    where the trace has no such backward pass, LimitError for a scale that is too large.
    """
    scene = _scene(trace, backward, theme, forward_first)
    moments = _chosen(moments_of(scene))
    fits = min(1.0, FILM_WIDTH / scene.width, FILM_HEIGHT / scene.height)
    window = None if fits >= LEGIBLE else (FILM_WIDTH, FILM_HEIGHT)
    used = scale or (fits if window is None else 1.0)
    whole = scene.width, scene.height
    width, height = (min(pair) for pair in zip(window or whole, whole, strict=True))
    if scale_within(width, height * len(moments), used) < used:
        raise LimitError(f"a film at scale {used:g} would be too large.", hint="Take less.")
    pictures = []
    for moment in moments:
        drawn = Image.open(io.BytesIO(_png(scene, moment, moments, used, window)))
        pictures.append(drawn.convert("RGB"))
        if on_frame is not None:
            on_frame(len(pictures), len(moments))
    times = [min(MOST, LEAST + EACH_LETTER * len(moment.say)) for moment in moments]
    return gif(pictures, [*times[:-1], LAST])


def _scene(trace: Trace, backward: int, theme: ThemeName, forward_first: bool = False) -> Scene:
    # The positions come from Graphviz, which the page's own process must not load.
    from viz.layout import arrange

    chosen = trace.chosen(backward)
    return Scene.of(chosen, arrange(chosen), theme, forward_first, legend=True)


def _step(asked: int, count: int) -> int:
    if not -count <= asked < count:
        raise InputError(
            f"there is no step {asked}.", hint=f"They go from 0 to {count - 1}, or from -1 down."
        )
    return asked % count


def _chosen(moments: tuple[Moment, ...]) -> tuple[Moment, ...]:
    if len(moments) <= MOST_FRAMES:
        return moments
    last = len(moments) - 1
    return tuple(moments[round(part * last / (MOST_FRAMES - 1))] for part in range(MOST_FRAMES))


def _png(
    scene: Scene,
    moment: Moment,
    others: tuple[Moment, ...],
    zoom: float,
    window: tuple[float, float] | None = None,
) -> bytes:
    lettering = Lettering()
    svg = snapshot(scene, moment, others=others, zoom=zoom, window=window, lettering=lettering)
    return png(svg, lettering.fonts)
