"""The state of one person's page: widgets hold it, the address bar mirrors it, all else is derived.

A *generation* is one start of the page: a link that was opened, an example that was chosen. The
editors belong to a generation, since what a person types in one is never overwritten from outside.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from viz.page import components
from viz.page.address import Address, Mode, Query, from_query, to_query
from viz.page.examples import FIRST, Example
from viz.trace import Backward, Input, Trace

MODES: tuple[Mode, ...] = ("Expression", "Program")


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
    mode: Mode = "Expression" if example.is_expression else "Program"
    return Address(mode, example.source, example.inputs)


def choose(example: Example) -> None:
    """Start again with an example; the other mode's text stays."""
    _start(of_example(example))


def _start(wanted: Address) -> None:
    session = st.session_state
    session.generation = session.get("generation", 0) + 1
    session.setdefault("texts", {"Expression": "(y - x*w)**2", "Program": FIRST.source})
    session.setdefault("remembered", {mode: {} for mode in MODES})
    session.setdefault("used", dict.fromkeys(MODES, ()))
    session.texts = {**session.texts, wanted.mode: wanted.source}
    remember(wanted.mode, wanted.inputs)
    for given in wanted.inputs:
        session[value_key(wanted.mode, given.name)] = given.text
        session[grad_key(wanted.mode, given.name)] = given.requires_grad
    session.mode = wanted.mode
    session.forward_first = wanted.forward_first
    session.wanted_backward = wanted.backward
    session.wanted_step = wanted.step
    session.started_run = None
    session.view = wanted.view


# --- reading --------------------------------------------------------------------------------------


def mode() -> Mode:
    return "Expression" if st.session_state.get("mode") == "Expression" else "Program"


def editor_key(of: Mode) -> str:
    return f"{of}-{st.session_state.generation}"


def source() -> str:
    """The text of the present mode, as last typed."""
    present = mode()
    text = components.typed(editor_key(present))
    if text is not None:
        st.session_state.texts[present] = text
    return str(st.session_state.texts[present])


def value_key(of: Mode, name: str) -> str:
    return f"value:{of}:{name}"


def grad_key(of: Mode, name: str) -> str:
    return f"grad:{of}:{name}"


def inputs() -> tuple[Input, ...]:
    """All inputs ever typed in the present mode: a name that comes back finds its value."""
    present = mode()
    remembered: dict[str, Input] = st.session_state.remembered[present]
    for name, given in list(remembered.items()):
        text = st.session_state.get(value_key(present, name), given.text)
        requires_grad = st.session_state.get(grad_key(present, name), given.requires_grad)
        remembered[name] = Input(name, str(text), bool(requires_grad))
    return tuple(remembered.values())


def shown_inputs() -> tuple[Input, ...]:
    """The inputs that the program has, in its order."""
    known = {given.name: given for given in inputs()}
    return tuple(known[name] for name in st.session_state.used[mode()])


def remember(of: Mode, used: Iterable[Input]) -> None:
    """Keep the inputs that the program turned out to have, in its order."""
    used = tuple(used)
    st.session_state.used[of] = tuple(given.name for given in used)
    st.session_state.remembered[of].update((given.name, given) for given in used)


def call_key() -> str:
    return f"call-{st.session_state.generation}"


def wanted_call() -> int | None:
    """The call of backward that the person asked for, from 0; None where they did not."""
    call = st.session_state.get(call_key())
    return call - 1 if isinstance(call, int) else st.session_state.wanted_backward


def ask_for_call(number: int) -> None:
    """Show this call of backward (from 0) from the next run on."""
    st.session_state.wanted_backward = number
    st.session_state.pop(call_key(), None)


def content_name(trace: Trace, backward: int) -> str:
    """A short name for one backward pass of one run, its numbers included."""
    return f"{hash((trace.source, trace.inputs, backward)):x}"


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


def step(run: str) -> int:
    reported = components.reported_step(run)
    return start_step(run) if reported is None else reported


# --- the address bar ------------------------------------------------------------------------------


def address() -> Address:
    """The present state as a link keeps it."""
    session = st.session_state
    run = session.get("shown_run", "")
    return Address(
        mode(),
        source(),
        shown_inputs(),
        step(run) if run else int(session.wanted_step),
        session.get("shown_backward"),
        bool(session.get("forward_first")),
        str(session.get("view") or ""),
    )


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
