"""`python -m viz explain program.py`: the same as in the page, from a terminal."""

import sys

from viz.command import main

if __name__ == "__main__":
    sys.exit(main())
