"""The table of leaves with its column "check", which is filled in once the slopes are measured."""

from __future__ import annotations

from concurrent.futures import Future
from html import escape

import streamlit as st

from viz.draw.tables import leaves_table
from viz.errors import UserError
from viz.page import studies
from viz.rules.proofs import Badge, badge, proofs_by_node, reached_by_the_engine
from viz.study import Proof
from viz.trace import Backward, Trace

PATIENCE = 4.0
"""The page has long been drawn; a click on a tab waits as long for what is measured here."""

LONG = "This takes long. Open the tab Proof to wait for it."


class Leaves:
    """The table of one backward pass, at its place on the page."""

    def __init__(
        self, place: st.delta_generator.DeltaGenerator, trace: Trace, backward: Backward
    ) -> None:
        self._place = place
        self._trace = trace
        self._backward = backward
        self._is_complete = False

    def show(self) -> None:
        """Draw it with what is known already."""
        future = self._look()
        self._is_complete = future.done()
        self._draw(future.result() if future.done() else None)

    def complete(self) -> None:
        """Wait for the rest, and draw it again. A person who goes on interrupts this."""
        if self._is_complete:
            return
        found = studies.wait(self._look, PATIENCE)
        self._draw(found if found is not None else Proof(self._backward.number, reason=LONG))

    def _look(self) -> Future[Proof | UserError]:
        return studies.proof(self._trace, self._backward)

    def _draw(self, found: Proof | UserError | None) -> None:
        if isinstance(found, UserError):
            found = Proof(self._backward.number, reason=str(found))
        known = None if found is None else badges(self._backward, found)
        table = leaves_table(self._backward, known)
        self._place.html(f'<div class="sg-label">Leaves</div>{table}')


def badges(backward: Backward, proof: Proof) -> dict[str, str]:
    """The cell of each leaf of the graph, by its node."""
    by_node = proofs_by_node(backward, proof)
    reached = reached_by_the_engine(backward)
    return {node: _cell(badge(by_node.get(node), proof)) for node in reached}


def _cell(shown: Badge) -> str:
    reason = escape(shown.reason)
    return (
        f"<span class='sg-is-{shown.verdict}' title='{reason}' aria-label='{reason}'>"
        f"{shown.sign} {escape(shown.text)}</span>"
    )
