"""Start the page's server on a free port, wait until it answers, and stop it in the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
APP = ROOT / "streamlit_app.py"
PATIENCE = 60.0
"""Seconds after which a server that does not answer has failed."""
PAUSE = 0.02


@dataclass(frozen=True)
class PageServer:
    """A running server: where it is, and what it has printed."""

    url: str
    log_file: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


@contextmanager
def serve(app: Path = APP) -> Iterator[PageServer]:
    """The page, served until the block ends. Raises RuntimeError with the log if it fails."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log_file = Path(folder) / "server.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                command(app, port),
                cwd=app.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        server = PageServer(f"http://127.0.0.1:{port}", log_file, process)
        try:
            wait_until_healthy(server)
            yield server
        finally:
            stop(process)


def command(app: Path, port: int) -> list[str]:
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        # Without a name of its own the server asks the internet for its address when it starts.
        "browser.serverAddress": "127.0.0.1",
    }
    flags = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(app), *flags]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_healthy(server: PageServer) -> None:
    deadline = time.monotonic() + PATIENCE
    while not healthy(server.url):
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended while it started:\n{server.log}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the server did not answer in {PATIENCE:.0f} s:\n{server.log}")
        time.sleep(PAUSE)


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
