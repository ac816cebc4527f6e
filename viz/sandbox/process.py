"""How the processes of the sandbox are started: with this Python, and with little else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

# A program that broke out would find no secret in its environment: only these come along.
KEPT = """
    PATH HOME USERPROFILE LANG LANGUAGE LC_ALL LC_CTYPE TMPDIR TEMP TMP SYSTEMROOT COMSPEC PATHEXT
    LD_LIBRARY_PATH DYLD_LIBRARY_PATH VIRTUAL_ENV PYTHONHOME FONTCONFIG_FILE FONTCONFIG_PATH
    XDG_CACHE_HOME XDG_DATA_DIRS XDG_CONFIG_HOME
"""

SET = {
    # Threads don't live through a fork; a run is small and gets one processor.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # With a GPU the engine starts a thread for it, and refuses to work after a fork.
    "CUDA_VISIBLE_DEVICES": "",
    "HIP_VISIBLE_DEVICES": "",
    # The same program gives the same picture, in whatever order a set is read.
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
}


def start_python(module: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """`python -m module arguments`, away from the terminal's signals."""
    search = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    kept = {name: os.environ[name] for name in KEPT.split() if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**kept, **SET, "PYTHONPATH": search},
        # Ctrl-C in the terminal is for the page's process, which then ends this one.
        start_new_session=True,
        **options,
    )
