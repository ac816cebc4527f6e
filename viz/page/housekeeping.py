"""What the page's server does once and then now and then, whoever is looking."""

from __future__ import annotations

import gc
import threading

import streamlit as st

from viz import sandbox

SECONDS_BETWEEN_COLLECTIONS = 60.0


@st.cache_resource(show_spinner=False)
def begin() -> None:
    """Warm up the sandbox, and collect garbage slowly: Streamlit does not after each rerun."""
    sandbox.start()
    threading.Thread(target=_collect_for_ever, name="garbage", daemon=True).start()


def _collect_for_ever() -> None:
    while True:
        threading.Event().wait(SECONDS_BETWEEN_COLLECTIONS)
        gc.collect()


MEANING = {
    "rlimits": "limits of memory and processor time",
    "seccomp": "a ban on system calls",
}


def missing_protection() -> str | None:
    """One sentence for whoever runs the server, where this machine protects it less; else None."""
    missing = [MEANING[name] for name in sandbox.status().missing]
    if not missing:
        return None
    return (
        f"This computer offers no {' and no '.join(missing)} for the process that runs programs: "
        "let only people you trust use this page."
    )
