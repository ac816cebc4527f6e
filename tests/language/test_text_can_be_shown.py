"""No half of a character gets into a text of the program, in whatever way it is written."""

import pytest

from tests.language.running import printed_by, run_source
from viz.errors import ProgramError
from viz.language.text import whole_characters


@pytest.mark.parametrize(
    "source",
    [
        r"print('\ud800')",
        r"x = '\udfff'",
        r"print(f'{1}\ud800')",
        r"print('\ud83d' + '\ude00')",
        r"assert False, '\ud800'",
        r"x = {'\ud800': 1}",
        "print(chr(0xD800))",
        "print(f'{0xD800:c}')",
        "print('{:c}'.format(0xD800))",
        "print('%c' % 0xDFFF)",
    ],
)
def test_half_of_a_character_is_one_clear_sentence(source):
    with pytest.raises(ProgramError, match=r"U\+D[89A-F]\w\w is half of a character") as caught:
        run_source(f"y = 1\n{source}")
    assert caught.value.line == 2
    str(caught.value).encode()


def test_every_whole_character_is_printed():
    source = r"print('\U0001F600', chr(0x1F600), f'{0x1F600:c}', '%c' % 0x1F600, '\ue000')"
    assert printed_by(source) == "\U0001f600 \U0001f600 \U0001f600 \U0001f600 \ue000\n"


def test_what_is_whole_is_what_python_can_store():
    for code in (0x41, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0x10FFFF):
        stored = True
        try:
            chr(code).encode()
        except UnicodeEncodeError:
            stored = False
        if stored:
            assert whole_characters(chr(code)) == chr(code)
        else:
            with pytest.raises(ProgramError):
                whole_characters(chr(code))
