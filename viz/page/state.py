"""The state of one person's page: widgets hold it, the address bar mirrors it, all else is derived.

A *generation* is one start of the page: a link that was opened, an example that was chosen. The
editors belong to a generation, since what a person types in one is never overwritten from outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import streamlit as st

from viz.page import components
from viz.page.address import Address, Mode, Query, Side, from_query, to_query
from viz.page.examples import FIRST, Example
from viz.sandbox import Answer
from viz.trace import Backward, Input, Trace

MODES: tuple[Mode, ...] = ("Expression", "Program", "Compare")

Place = Literal["Expression", "Program", "A", "B"]
"""Where a text stands: each mode has one of its own, the comparison of two programs has two."""
SIDES: tuple[Place, Place] = ("A", "B")
PLACES: tuple[Place, ...] = ("Expression", "Program", *SIDES)


def begin() -> None:
    """Take over the link that was opened, unless the page already shows it."""
    query = current_query()
    if "published" not in st.session_state:
        _start(from_query(query) or of_example(FIRST))
    elif not _same_page(query, st.session_state.published):
        # Not what this page wrote there: the person went back, or opened another link.
        wanted = from_query(query)
        if wanted is not None:
            _start(wanted)
    st.session_state.published = query


def of_example(example: Example) -> Address:
    """The page as it shows this example from its start."""
    if example.second:
        other = Side(example.second, (), example.backward)
        return Address("Compare", example.source, backward=example.backward, other=other)
    mode: Mode = "Expression" if example.is_expression else "Program"
    return Address(
        mode, example.source, example.inputs, backward=example.backward, view=example.view
    )


def choose(example: Example) -> None:
    """Start again with an example; the other modes' texts stay."""
    _start(of_example(example))


def begin_comparison() -> None:
    """Whoever first turns to the comparison finds the present program there twice, to change one.

    Later on the two texts are those that were left there.
    """
    if mode() != "Compare" or "A" in st.session_state.texts:
        return
    before = from_query(st.session_state.published) or of_example(FIRST)
    one = Side(before.source, before.inputs, before.backward)
    for place in SIDES:
        _fill(place, one)


def _start(wanted: Address) -> None:
    session = st.session_state
    session.generation = session.get("generation", 0) + 1
    session.setdefault("texts", {"Expression": "(y - x*w)**2", "Program": FIRST.source})
    session.setdefault("remembered", {place: {} for place in PLACES})
    session.setdefault("used", dict.fromkeys(PLACES, ()))
    session.setdefault("last_good", {})
    session.wanted_backward = {}
    session.shown_backward = {}
    first = Side(wanted.source, wanted.inputs, wanted.backward)
    for place, side in zip(places_of(wanted.mode), (first, wanted.other or Side("")), strict=False):
        _fill(place, side)
    session.mode = wanted.mode
    session.forward_first = wanted.forward_first
    session.wanted_step = wanted.step
    session.started_run = None
    session.view = wanted.view
    session.wanted_rate = wanted.rate
    session.pop("rate", None)
    session.way = wanted.way
    session.groups = wanted.opened
    session.pop(way_key(), None)


def _fill(place: Place, wanted: Side) -> None:
    """Put a text there, with its inputs and its call of backward."""
    session = st.session_state
    session.texts = {**session.texts, place: wanted.source}
    session.wanted_backward[place] = wanted.backward
    remember(place, wanted.inputs)
    for given in wanted.inputs:
        session[value_key(place, given.name)] = given.text
        session[grad_key(place, given.name)] = given.requires_grad


# --- reading --------------------------------------------------------------------------------------


def mode() -> Mode:
    chosen = st.session_state.get("mode")
    return chosen if chosen in MODES else "Program"


def places_of(of: Mode) -> tuple[Place, ...]:
    return SIDES if of == "Compare" else (of,)


def present() -> Place:
    """The place of the text that the page shows; of two, the first."""
    return places_of(mode())[0]


def editor_key(of: Place) -> str:
    return f"{of}-{st.session_state.generation}"


def source(of: Place | None = None) -> str:
    """The text there, as last typed; of the present place where none is named."""
    place = of or present()
    text = components.typed(editor_key(place))
    if text is not None:
        st.session_state.texts[place] = text
    return str(st.session_state.texts[place])


def value_key(of: Place, name: str) -> str:
    return f"value:{of}:{name}"


def grad_key(of: Place, name: str) -> str:
    return f"grad:{of}:{name}"


def inputs(of: Place | None = None) -> tuple[Input, ...]:
    """All inputs ever typed there: a name that comes back finds its value."""
    place = of or present()
    remembered: dict[str, Input] = st.session_state.remembered[place]
    for name, given in list(remembered.items()):
        text = st.session_state.get(value_key(place, name), given.text)
        requires_grad = st.session_state.get(grad_key(place, name), given.requires_grad)
        remembered[name] = Input(name, str(text), bool(requires_grad))
    return tuple(remembered.values())


def shown_inputs(of: Place | None = None) -> tuple[Input, ...]:
    """The inputs that the program has, in its order."""
    place = of or present()
    known = {given.name: given for given in inputs(place)}
    return tuple(known[name] for name in st.session_state.used[place])


def remember(of: Place, used: Iterable[Input]) -> None:
    """Keep the inputs that the program turned out to have, in its order."""
    used = tuple(used)
    st.session_state.used[of] = tuple(given.name for given in used)
    st.session_state.remembered[of].update((given.name, given) for given in used)


def call_key(of: Place | None = None) -> str:
    return f"call-{of or present()}-{st.session_state.generation}"


def wanted_call(of: Place | None = None) -> int | None:
    """The call of backward that the person asked for, from 0; None where they did not."""
    place = of or present()
    call = st.session_state.get(call_key(place))
    return call - 1 if isinstance(call, int) else st.session_state.wanted_backward.get(place)


def want_call(of: Place, number: int) -> None:
    """Show the choice of this call (from 0); kept beside the widget too, which is not there while
    the program has a mistake."""
    st.session_state.wanted_backward[of] = number
    st.session_state[call_key(of)] = number + 1


def ask_for_call(number: int) -> None:
    """Show this call of backward (from 0) from the next run on."""
    st.session_state.wanted_backward[present()] = number
    st.session_state.pop(call_key(), None)


def content_name(trace: Trace, backward: int) -> str:
    """A short name for one backward pass of one run, its numbers included.

    Of a training loop, another call may have been recorded at the same place.
    """
    number = trace.backwards[backward].number
    return f"{hash((trace.source, trace.inputs, backward, number)):x}"


def run_name(chosen: Backward, number: int, forward_first: bool) -> str:
    """A short name for what is stepped through: other numbers in the same graph leave it the same,
    so that the step stays while a person changes an input."""
    nodes = tuple((node.id, node.kind, node.name, node.variable) for node in chosen.nodes)
    order = tuple(step.node for step in chosen.steps)
    return f"{hash((nodes, order, number, forward_first)):x}"


def start_step(run: str) -> int:
    """Where the stepper starts: at the link's step in the first run of a generation, else at 0."""
    session = st.session_state
    if session.started_run is None:
        session.started_run = run
    return int(session.wanted_step) if session.started_run == run else 0


def way_key() -> str:
    """The key of the choice between the steps and the overview."""
    return f"way-{st.session_state.generation}"


def step(run: str) -> int:
    reported = components.reported_step(run)
    return start_step(run) if reported is None else reported


def last_good(of: Place) -> Answer | None:
    """What the last program without a mistake did, on the stage of this place."""
    answer: Answer | None = st.session_state.last_good.get(_stage_of(of))
    return answer


def keep(of: Place, answer: Answer) -> None:
    st.session_state.last_good[_stage_of(of)] = answer


def _stage_of(of: Place) -> str:
    """An expression and a program share one stage; of two programs each has its own."""
    return of if of in SIDES else "single"


def note_shown(of: Place, backward: int | None) -> None:
    """Which call of backward is shown of this program, for the link; None where it has but one."""
    st.session_state.shown_backward[of] = backward


# --- the address bar ------------------------------------------------------------------------------


def address() -> Address:
    """The present state as a link keeps it."""
    session = st.session_state
    run = session.get("shown_run", "")
    first, *second = (_side(place) for place in places_of(mode()))
    return Address(
        mode(),
        first.source,
        first.inputs,
        step(run) if run else int(session.wanted_step),
        first.backward,
        bool(session.get("forward_first")),
        str(session.get("view") or ""),
        second[0] if second else None,
        session.get("wanted_rate"),
        str(session.get("way") or ""),
        session.get("groups"),
    )


def _side(of: Place) -> Side:
    return Side(source(of), shown_inputs(of), st.session_state.shown_backward.get(of))


def publish() -> Query:
    """Write the present state into the address bar. Returns what stands there."""
    query = to_query(address())
    if query != current_query():
        st.query_params.from_dict(query)
    st.session_state.published = query
    return query


def current_query() -> Query:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _same_page(one: Query, other: Query) -> bool:
    """Whether two links differ at most in the step: the stepper writes that one by itself."""
    return {**one, "step": []} == {**other, "step": []}
