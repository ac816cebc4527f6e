"""Find Chromium, or install it where that is allowed: `python -m scripts.browser`.

The tests, the benchmarks and the pictures of the README launch the same browser in the same way.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Browser, Playwright, sync_playwright

VARIABLE = "SEEGRAD_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("chromium", "fonts-dejavu-core")
FONTS = Path(__file__).with_name("fonts.conf")
FLAGS = (
    # It opens our own page only, often as root in a container, where no sandbox can be made.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    # It speaks to nobody else.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The same pixels on every machine.
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--disable-font-subpixel-positioning",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)
MISSING = (
    "no Chromium was found. Install it (Debian: apt install chromium fonts-dejavu-core; elsewhere: "
    f"python -m playwright install --with-deps chromium), or set {VARIABLE} to the path of one"
)


class BrowserMissingError(Exception):
    """No usable browser, and what to do about it."""


def find() -> str:
    """The path of a Chromium that runs. Raises BrowserMissingError.

    Not to be called inside `with sync_playwright()`, which can't be nested.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        if runs(chosen):
            return chosen
        raise BrowserMissingError(f"{VARIABLE} is {chosen!r}, which can't be run")
    for path in candidates():
        if runs(path):
            return path
    raise BrowserMissingError(MISSING)


def candidates() -> Iterator[str]:
    yield from (path for name in NAMES if (path := shutil.which(name)) and not is_snap(path))
    yield from MAC
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def is_snap(path: str) -> bool:
    """A snap sees neither our temporary folders nor our fonts; Ubuntu's `chromium` is one."""
    resolved = Path(path).resolve()
    return resolved.name == "snap" or b"/snap/bin" in resolved.read_bytes()[:4096]


def runs(path: str) -> bool:
    if os.name == "nt":  # chrome.exe opens a window when it is asked for its version
        return Path(path).is_file()
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def launch(playwright: Playwright, path: str) -> Browser:
    """Start the browser at this path headless, with our flags and fonts."""
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS), env=environment)


def has_fonts() -> bool:
    """Whether a font of fonts.conf is there. Other systems than Linux don't read that file."""
    folders = [Path(folder.text or "") for folder in ElementTree.parse(FONTS).iter("dir")]
    fonts = [folder / "DejaVuSans.ttf" for folder in folders]
    return platform.system() != "Linux" or any(font.exists() for font in fonts)


def install() -> None:
    """Install Chromium in the way of this machine; each way that fails makes room for the next."""
    for way in (debian, playwrights_own):
        if way():
            return


def debian() -> bool:
    """Debian packages a plain Chromium. (Ubuntu's package of that name is a snap.)"""
    prefix = as_root()
    if prefix is None or distribution() != "debian" or not shutil.which("apt-get"):
        return False
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    update, add = [*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *PACKAGES]
    return succeeds(update) and succeeds(add)


def playwrights_own() -> bool:
    """Playwright's Chromium goes into the user's cache; only the libraries below it need root."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if platform.system() == "Linux" and shutil.which("apt-get") and as_root() == []:
        return succeeds([*command, "--with-deps"])
    return succeeds(command)


def as_root() -> list[str] | None:
    """What to put before a command so that it runs as root; None where that takes a password."""
    if getattr(os, "geteuid", lambda: 1)() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return ""


def succeeds(command: list[str]) -> bool:
    print("$", *command, flush=True)
    try:
        return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0
    except OSError as error:
        print(error)
        return False


def required() -> bool:
    """In continuous integration a missing browser is an error; on a person's machine it is said."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def main() -> int:
    path = found()
    if path and has_fonts():
        print("Browser tests use", path)
        return 0
    if os.environ.get(VARIABLE) and not path:
        return 1
    install()
    path = found()
    if path:
        print("Browser tests use", path)
    if path and not has_fonts():
        print("Pictures of the page may differ: the font DejaVu Sans is missing.")
    if not path and not required():
        print("They are skipped; all other tests run.")
    return int(path is None and required())


def found() -> str | None:
    """The browser's path, or None after saying why not."""
    try:
        return find()
    except BrowserMissingError as error:
        print(f"Browser tests: {error}.", flush=True)
        return None


if __name__ == "__main__":
    sys.exit(main())
