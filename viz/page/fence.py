"""A file's data may contradict each other in ways that nobody foresaw: that is a sentence too."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from viz.errors import UserError
from viz.page.markdown import markdown_safe

LOGGER = logging.getLogger("viz.page")

CONTRADICTS = "This part of the file can’t be shown: its data contradict each other."


@contextmanager
def fenced(file: bool = True) -> Iterator[None]:
    """What fails in the block is said on the page and in the log; for a program it is raised."""
    try:
        yield
    except UserError as error:
        if not file:
            raise
        st.error(markdown_safe(str(error)), icon=":material/error:")
    except Exception:
        # Streamlit's own ways out of a script are no Exceptions.
        if not file:
            raise
        LOGGER.exception("A trace file could not be shown.")
        st.error(CONTRADICTS, icon=":material/error:")
