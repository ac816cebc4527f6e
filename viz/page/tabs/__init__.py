"""The tabs below the stage, in their order. Each is a file of its own; add a new one here."""

from viz.page.tabs import chain_rule, descent, flow, plots, proof, steps, torchviz, training
from viz.page.tabs.tab import Shown, Tab

TABS: tuple[Tab, ...] = (
    torchviz.TAB,
    steps.TAB,
    chain_rule.TAB,
    flow.TAB,
    proof.TAB,
    descent.TAB,
    training.TAB,
    plots.TAB,
)

__all__ = ["TABS", "Shown", "Tab"]
