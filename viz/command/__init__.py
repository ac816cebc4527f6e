"""Turn words of a command line into a run in the child process, and that into text and files."""

from viz.command.line import main

__all__ = ["main"]
