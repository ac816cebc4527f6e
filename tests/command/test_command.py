"""`python -m viz explain` as a person meets it: what it makes, says, and how it ends."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from PIL import Image

import viz
from viz.command import main
from viz.command.endings import sentence
from viz.command.reading import program_of
from viz.command.telling import told
from viz.errors import ProgramError
from viz.rules import format_number

ROOT = Path(__file__).parents[2]
PROGRAM = """
x = torch.tensor(3., requires_grad=True)
y = torch.tensor(2., requires_grad=True)
loss = (x**2 - 2*x)*y + x
loss.backward()
"""
STOPS = """
x = torch.tensor([2.], requires_grad=True)
y = x.exp()
y.add_(1)
y.backward()
"""
COMMAND = [sys.executable, "-m", "viz", "explain"]


def explain(
    folder: Path, *words: str, text: str | None = None, code: int = 0
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [*COMMAND, *words],
        cwd=folder,
        input=None if text is None else text.encode(),
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        timeout=300,
        check=False,
    )
    said = done.stderr.decode()
    assert done.returncode == code, said
    assert "Traceback" not in said
    return done


def gradients() -> tuple[float, float]:
    x = torch.tensor(3.0, requires_grad=True)
    y = torch.tensor(2.0, requires_grad=True)
    found = torch.autograd.grad((x**2 - 2 * x) * y + x, (x, y))
    return found[0].item(), found[1].item()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    return tmp_path


def test_every_kind_of_file_is_made(folder: Path) -> None:
    names = [f"out.{form}" for form in ("html", "svg", "png", "gif", "json")]
    words = [word for name in names for word in (f"--{name[4:]}", name)]
    explain(folder, "program.py", *words, "--theme", "dark")
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names, "program.py"])

    trace = viz.load(folder / "out.json")
    steps = 1 + len(trace.backwards[0].steps)
    after = {leaf.name: leaf.after.floats() for leaf in trace.backwards[0].leaves if leaf.after}
    assert [after[name][0] for name in "xy"] == list(gradients())

    svg = ElementTree.parse(folder / "out.svg").getroot()
    assert svg.tag.endswith("svg")
    assert "AccumulateGrad" not in {"".join(each.itertext()) for each in svg.iter()}
    with Image.open(folder / "out.png") as png:
        assert png.width == round(2 * float(svg.attrib["width"]))
        colours = png.convert("RGB").getcolors(1 << 24)
        assert colours is not None
        assert len(colours) > 50, "not blank"
    with Image.open(folder / "out.gif") as gif:
        assert getattr(gif, "n_frames", 1) == steps
        seen = set()
        for frame in range(steps):
            gif.seek(frame)
            seen.add(gif.convert("RGB").tobytes())
        assert len(seen) == steps
    assert (folder / "out.gif").stat().st_size < 300_000
    assert "<script" in (folder / "out.html").read_text("utf-8")


def test_a_trace_file_is_packed_by_its_name_and_read_again(folder: Path) -> None:
    explain(folder, "program.py", "--json", "trace.json.gz")
    assert json.loads(gzip.decompress((folder / "trace.json.gz").read_bytes()))["version"]
    again = explain(folder, "trace.json.gz", "--svg", "-")
    direct = explain(folder, "program.py", "--svg", "-")
    assert again.stdout == direct.stdout
    (folder / "torn.json").write_text("{", "utf-8")
    assert b"torn.json: " in explain(folder, "torn.json", code=1).stderr
    explain(folder, "trace.json.gz", "--input", "x=2", code=2)


def test_standard_input_and_the_file_give_the_same(folder: Path) -> None:
    typed = explain(folder, "-", text=PROGRAM).stdout.decode()
    read = explain(folder, "program.py").stdout.decode()
    assert typed.replace("<stdin>", "program.py") == read


def test_the_text_tells_every_step_and_every_gradient() -> None:
    trace = viz.explain(PROGRAM)
    text = told(trace, -1, "program.py")
    nodes = {node.id: node for node in trace.backwards[0].nodes}
    for number, step in enumerate(trace.backwards[0].steps, 1):
        assert f"\n{number}. {nodes[step.node].name}: " in text
    table = text[text.index("Leaves\n") :].splitlines()
    rows = {row.split()[0]: row.split() for row in table[1:] if row.strip()}
    for name, gradient in zip("xy", gradients(), strict=True):
        assert rows[name][-1] == format_number(gradient)
    with pytest.raises(viz.InputError, match="no backward pass 1"):
        told(trace, 1, "program.py")


def test_an_expression_takes_inputs_with_and_without_gradient(tmp_path: Path) -> None:
    file = str(tmp_path / "a.json")
    words = ["(a*b).sum()", "--input", "a=[1, 2]", "--input", "b=5:fixed", "--json", file]
    assert main(["explain", *words]) == 0
    leaves = {leaf.name: leaf for leaf in viz.load(file).backwards[0].leaves}
    assert leaves["a"].value.floats() == (1.0, 2.0)
    assert leaves["a"].requires_grad
    assert not leaves["b"].requires_grad


def test_step_and_backward_are_heard(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = []
    for step in ("0", "1", "-1"):
        file = folder / f"{step}.svg"
        assert main(["explain", "x*2", "--step", step, "--svg", str(file)]) == 0
        made.append(file.read_text("utf-8"))
    assert len(set(made)) == 3
    assert main(["explain", "x*2", "--step", "77", "--svg", str(folder / "no.svg")]) == 1
    assert "no step 77" in capsys.readouterr().err

    twice = PROGRAM.replace("loss.backward()", "loss.backward(retain_graph=True)\nloss.backward()")
    (folder / "twice.py").write_text(twice, "utf-8")
    total = format_number(2 * gradients()[0])
    told_passes = []
    for words in (["--backward", "0"], []):
        assert main(["explain", str(folder / "twice.py"), *words]) == 0
        told_passes.append(capsys.readouterr().out)
    assert total not in told_passes[0].split("Leaves")[1]
    assert total in told_passes[1].split("Leaves")[1]


def test_a_limit_that_is_reached_has_a_code_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", "x*2", "--limit", "syntax_nodes=2"]) == 3
    assert capsys.readouterr().err.splitlines()[-1].startswith("<expression>:1: ")


def test_mistakes_are_told_with_their_place(folder: Path) -> None:
    (folder / "wrong.py").write_text("x = torch.tensor(2.)\ny = torch.sinn(x)\n", "utf-8")
    said = explain(folder, "wrong.py", code=1).stderr.decode().splitlines()[-1]
    with pytest.raises(ProgramError) as raised:
        viz.explain((folder / "wrong.py").read_text("utf-8"))
    assert said == sentence(raised.value, "wrong.py")
    assert said.startswith("wrong.py:2:5: ")
    assert "input 'x'" in explain(folder, "x*2", "--input", "x=two", code=1).stderr.decode()


def test_a_pass_that_stopped_is_shown_and_its_error_told(folder: Path) -> None:
    done = explain(folder, "-", "--svg", "stopped.svg", text=STOPS, code=1)
    assert done.stderr.decode().splitlines()[-1].startswith("<stdin>:")
    assert "stopped" in (folder / "stopped.svg").read_text("utf-8")
    assert "stopped" in explain(folder, "-", text=STOPS, code=1).stdout.decode()


@pytest.mark.parametrize(
    "words",
    [
        ["missing.py"],
        ["program.py", "--svg", "program.py"],
        ["program.py", "--svg", "./a.svg", "--png", "a.svg"],
        ["program.py", "--svg", "link.py"],
        ["program.py", "--svg", "."],
        ["program.py", "--input", "x"],
        ["program.py", "--input", "3=x"],
        ["program.py", "--limit", "seconds=never"],
        ["program.py", "--theme", "pink"],
        ["bytes.py"],
        [],
    ],
)
def test_what_can_not_be_meant_is_a_wrong_command_line(folder: Path, words: list[str]) -> None:
    (folder / "bytes.py").write_bytes(b"x = '\xff'")
    (folder / "link.py").symlink_to(folder / "program.py")
    before = sorted(folder.iterdir())
    said = explain(folder, *words, code=2).stderr.decode()
    assert "Error: " in said
    assert (folder / "program.py").read_text("utf-8") == PROGRAM
    assert sorted(folder.iterdir()) == before


def test_files_are_written_whole_or_not_at_all(folder: Path) -> None:
    (folder / "old.svg").write_text("old", "utf-8")
    # The second file can't be made: the first one is not written either.
    words = ["--png", str(folder / "new.png"), "--svg", str(folder / "old.svg"), "--step", "9"]
    assert main(["explain", "x*2", *words]) == 1
    assert (folder / "old.svg").read_text("utf-8") == "old"
    assert not (folder / "new.png").exists()
    said = explain(folder, "x*2", "--svg", "nowhere/a.svg", code=4).stderr.decode()
    assert said.splitlines()[-1].startswith("nowhere/a.svg: ")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals of another kind")
def test_a_reader_that_leaves_ends_it_quietly(folder: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, str(folder / "program.py")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert running.wait(120) == 141
    assert "Error" not in running.stderr.read()
    running.stderr.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a terminal of its own")
def test_ctrl_c_ends_it_cleanly_and_a_terminal_sees_how_long_it_runs(folder: Path) -> None:
    import pty

    (folder / "loop.py").write_text("x = 1\nwhile True:\n    x = x\n", "utf-8")
    control, terminal = pty.openpty()
    running = subprocess.Popen(
        [*COMMAND, str(folder / "loop.py"), "--limit", "seconds=200, steps=999_999_999_999"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    seen = b""
    end = time.monotonic() + 120
    while b"of at most 200 s" not in seen and time.monotonic() < end:
        seen += os.read(control, 4096)
    os.killpg(running.pid, signal.SIGINT)
    assert running.wait(60) == 130
    while True:
        try:
            more = os.read(control, 4096)
        except OSError:  # What Linux says at the end of a terminal.
            break
        if not more:
            break
        seen += more
    os.close(control)
    assert b"Running " in seen
    assert b"Stopped." in seen
    assert b"Traceback" not in seen


def test_without_a_file_to_open_one_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: not opened.append(address))
    assert main(["x*2", "--open"]) == 2, "a command is missing"
    assert main(["explain", "x*2", "--open", "--json", str(tmp_path / "a.json")]) == 0
    assert main(["explain", "x*2", "--open", "--svg", str(tmp_path / "a.svg")]) == 0
    assert opened[0].endswith("/backward.html")
    assert opened[1] == (tmp_path / "a.svg").as_uri()


def test_a_word_with_signs_of_arithmetic_is_an_expression() -> None:
    assert program_of("a/b").name == "<expression>"
    assert program_of("x" * 5000).text == "x" * 5000


def test_the_exit_codes_are_told(folder: Path) -> None:
    told_codes = explain(folder, "--help").stdout.decode()
    for code in (0, 1, 2, 3, 4, 130, 141):
        assert f"  {code} " in told_codes


def test_a_folder_is_no_expression_and_an_input_has_one_value(tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    assert b"'programs' is a folder." in explain(tmp_path, "programs", code=2).stderr
    twice = explain(tmp_path, "x*w", "--input", "x=2", "--input", "x=3", code=2).stderr
    assert b"--input: x is given twice." in twice


def test_what_a_library_says_of_the_systems_fonts_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "fonts.conf"
    settings.write_text("<fontconfig><newer-than-the-library/></fontconfig>", encoding="utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(settings))
    assert explain(tmp_path, "x*w").stderr == b""
