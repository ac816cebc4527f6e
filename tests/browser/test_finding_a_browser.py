"""Where there is no Chromium it is installed, or it is said what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts import browser

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the pretended programs are shell scripts")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any browser: this folder holds all its programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setattr(browser, "MAC", ())
    monkeypatch.setattr(browser, "has_fonts", lambda: True)
    (tmp_path / "env").symlink_to("/usr/bin/env")
    return tmp_path


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def without_playwrights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "playwrights_own", lambda: False)


def test_the_chosen_browser_comes_first(programs, monkeypatch):
    program(programs / "chromium", "exit 0")
    chosen = program(programs / "my-own", "exit 0")
    monkeypatch.setenv(browser.VARIABLE, str(chosen))
    assert browser.find() == str(chosen)


def test_a_program_that_does_not_run_is_passed_over(programs):
    program(programs / "chromium", "exit 1")
    works = program(programs / "google-chrome", "exit 0")
    assert browser.find() == str(works)


def test_a_snap_is_passed_over(programs):
    program(programs / "chromium", "exec /snap/bin/chromium")
    with pytest.raises(browser.BrowserMissingError):
        browser.find()


def test_debian_installs_chromium_and_its_font_as_root(programs, monkeypatch, capsys):
    monkeypatch.setattr(browser, "distribution", lambda: "debian")
    monkeypatch.setattr(browser, "as_root", list)
    script = (
        f"printf '#!/bin/sh\\nexit 0\\n' > {programs}/chromium && /bin/chmod +x {programs}/chromium"
    )
    program(programs / "apt-get", f'test "$1" = update || {{ {script}; }}')
    assert browser.main() == 0
    said = capsys.readouterr().out
    assert "apt-get update" in said
    assert "apt-get install -y --no-install-recommends chromium fonts-dejavu-core" in said
    assert f"Browser tests use {programs}/chromium" in said


@pytest.mark.parametrize(("distribution", "root"), [("ubuntu", []), ("debian", None), ("", [])])
def test_elsewhere_apt_is_not_asked(programs, monkeypatch, distribution, root):
    monkeypatch.setattr(browser, "distribution", lambda: distribution)
    monkeypatch.setattr(browser, "as_root", lambda: root)
    program(programs / "apt-get", f": > {programs}/asked")
    assert not browser.debian()
    assert not (programs / "asked").exists()


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0), ("false", 0)])
def test_what_cannot_be_installed_is_an_error_in_ci_only(programs, monkeypatch, capsys, ci, status):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(browser, "debian", lambda: False)
    without_playwrights(monkeypatch)
    assert browser.main() == status
    said = capsys.readouterr().out
    assert "apt install chromium" in said
    assert browser.VARIABLE in said


def test_a_chosen_browser_that_cannot_run_is_an_error_everywhere(programs, monkeypatch, capsys):
    monkeypatch.setenv("CI", "")
    monkeypatch.setenv(browser.VARIABLE, "/nowhere/chromium")
    assert browser.main() == 1
    assert "'/nowhere/chromium', which can't be run" in capsys.readouterr().out
