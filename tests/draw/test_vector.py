"""The SVG holds what plotly.js would draw: each line, each head, each text, at its place."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

import msgspec
import pytest

from tests.traces import backward_of
from viz.draw.moments import Moment, step_count, step_moment
from viz.draw.scene import Scene
from viz.draw.snapshot import snapshot
from viz.draw.stage import traces_at
from viz.draw.still import Drawn
from viz.draw.vector import drawn
from viz.layout import arrange
from viz.trace import Backward

SVG = "{http://www.w3.org/2000/svg}"
THREE_USES = """
x = torch.tensor(3., requires_grad=True)
y = torch.tensor(2., requires_grad=True)
loss = (x**2 - 2*x)*y + x
loss.backward()
"""
CUT = """
x = torch.tensor([[2., -1.]], requires_grad=True)
h = (x*3).detach()
z = (torch.relu(x - 5) * h).sum()
z.backward()
"""


@pytest.fixture(params=[THREE_USES, CUT], ids=["scalars", "cut"])
def scene(request: pytest.FixtureRequest) -> Scene:
    return scene_of(backward_of(request.param))


def scene_of(backward: Backward) -> Scene:
    return Scene.of(backward, arrange(backward), "light", legend=True)


def last(scene: Scene) -> Moment:
    return step_moment(scene, step_count(scene) - 1)


def elements(traces: list[Drawn], height: float = 100.0) -> list[ElementTree.Element]:
    text = "".join(drawn(traces, height, "#fff"))
    return list(ElementTree.fromstring(f'<svg xmlns="{SVG[1:-1]}">{text}</svg>'))


def words(element: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in element.iter(f"{SVG}text")]


def as_read(markup: str) -> list[str]:
    """The lines of one of plotly's texts, without its marks."""
    return [html.unescape(re.sub("<[^>]*>", "", line)) for line in markup.split("<br>")]


def test_every_text_of_every_moment_is_there(scene: Scene) -> None:
    for number in range(step_count(scene)):
        moment = step_moment(scene, number)
        document = ElementTree.fromstring(snapshot(scene, moment))
        written = " ".join(words(document))
        for trace in traces_at(scene, moment)[0]:
            for text in trace.get("text", []):
                for line in as_read(text):
                    assert line in written
        assert moment.say in " ".join(words(document)[-4:])


def test_every_mark_has_its_own_shape(scene: Scene) -> None:
    traces = traces_at(scene, last(scene))[0]
    for trace in traces:
        points = sum(x is not None for x in trace["x"])
        found = elements([trace], scene.height)
        if trace["mode"] == "lines":
            paths = [element.attrib["d"] for element in found]
            assert sum(len(re.findall("[ML]", path)) for path in paths) == points
        elif trace["mode"] == "markers" and trace["marker"].get("opacity") != 0:
            assert sum(len(element) for element in found) == points


def test_heads_point_the_way_of_their_lines() -> None:
    """An arrow head is turned as plotly says: clockwise from upward, its tip on the point."""
    head = {
        "mode": "markers",
        "x": [30.0],
        "y": [80.0],
        "marker": {"symbol": "arrow-wide", "size": 15, "angle": [90], "color": "#123456"},
    }
    (group,) = elements([head])
    assert group.attrib["fill"] == "#123456"
    assert group[0].attrib["transform"] == "translate(30,20) rotate(90)"
    assert group[0].attrib["d"].startswith("M0,0")


def test_a_dashed_line_keeps_its_dashes_and_its_gaps() -> None:
    style = {"color": "#c14e00", "width": 3, "dash": "7px,4px"}
    line = {"mode": "lines", "x": [0, 10, None, 20, 30], "y": [0, 0, None, 5, 5], "line": style}
    (path,) = elements([line])
    assert path.attrib["stroke-dasharray"] == "7,4"
    assert path.attrib["d"] == "M0,100L10,100M20,95L30,95"
    assert path.attrib["fill"] == "none"


def test_what_a_person_wrote_stays_text(scene: Scene) -> None:
    name = '</text><script>alert("x")</script>\x00\x1b&'
    nodes = tuple(
        msgspec.structs.replace(node, variable=name, name=name if node.name else "")
        for node in scene.backward.nodes
    )
    odd = scene_of(msgspec.structs.replace(scene.backward, nodes=nodes))
    for number in range(step_count(odd)):
        text = snapshot(odd, step_moment(odd, number))
        document = ElementTree.fromstring(text)
        kinds = {element.tag.removeprefix(SVG) for element in document.iter()}
        assert kinds <= {"svg", "title", "rect", "g", "path", "circle", "text", "tspan"}
    assert "</text><scri" in " ".join(words(document))


def test_signs_that_xml_lacks_become_spaces() -> None:
    text = {"mode": "text", "x": [1.0], "y": [2.0], "text": ["a\x00b\x1b<br>c&lt;"]}
    (group,) = elements([text | {"textfont": {"size": 10, "color": "#000"}}])
    assert words(group) == ["a b ", "c<"]


def test_pictures_of_a_film_are_of_one_size(scene: Scene) -> None:
    moments = [step_moment(scene, number) for number in range(step_count(scene))]
    documents = [
        ElementTree.fromstring(snapshot(scene, moment, others=moments)) for moment in moments
    ]
    assert len({document.attrib["viewBox"] for document in documents}) == 1
