"""The page's process shows cards without torch."""

import subprocess
import sys


def test_importing_the_rules_leaves_torch_out():
    code = "import sys, viz.rules; print([m for m in ('torch', 'plotly') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
