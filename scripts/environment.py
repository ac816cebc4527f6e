"""Turn a requirements file into a private environment: `environment.py .venv requirements.txt`.

Runs on the Python that the person happens to have, so it stays readable for old ones: what is
missing must be said in a sentence, not in a SyntaxError.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
INSIDE = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")


def main(folder: str, requirements: str) -> int:
    if sys.version_info < OLDEST:
        return complain(too_old())
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return complain(no_ensurepip())
    python = os.path.join(folder, *INSIDE)
    if not works(python):
        print(f"Making a private Python environment in {folder}", flush=True)
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", folder])
    print(
        f"Installing {requirements}; the first time this fetches PyTorch: some minutes", flush=True
    )
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.call([*install, "-r", requirements])


def works(python: str) -> bool:
    """Whether this environment exists and is of a version that will do."""
    code = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.call([python, "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def too_old() -> str:
    names = [f"python3.{minor}" for minor in range(20, OLDEST[1] - 1, -1)]
    found = [name for name in names if shutil.which(name)]
    here = ".".join(map(str, sys.version_info[:2]))
    sentence = f"SeeGrad needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is {here}."
    return f"{sentence} Found a newer one: add PYTHON={found[0]}" if found else sentence


def no_ensurepip() -> str:
    return (
        f"{sys.executable} can't make virtual environments: its module 'ensurepip' is missing.\n"
        f"On Debian and Ubuntu: apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    )


def complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
