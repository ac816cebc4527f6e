"""Every colour and size of the drawing, once.

Hues are Okabe and Ito's (jfly.uni-koeln.de/color), which colour-blind people can tell apart; the
dark theme uses lighter tints of them. Gradients differ from values also by dashes, position, words.
"""

from __future__ import annotations

from typing import Literal

from viz.errors import InputError
from viz.trace import Record

ThemeName = Literal["light", "dark"]


class Theme(Record, frozen=True):
    """Colours of one appearance."""

    background: str
    text: str
    quiet: str
    edge: str
    circle: str
    pill: str
    forward: str
    gradient: str
    active: str
    active_fill: str
    agrees: str
    differs: str
    side_a: str
    side_b: str


LIGHT = Theme(
    background="#FFFFFF",
    text="#1B1F23",
    quiet="#5A6470",
    edge="#8A929C",
    circle="#FFFFFF",
    pill="#ECF0F3",
    forward="#0067A3",
    gradient="#C14E00",
    active="#E69F00",
    active_fill="#FFF1D2",
    agrees="#007A55",
    differs="#B3261E",
    side_a="#1B1F23",
    side_b="#A23B7A",
)
DARK = Theme(
    background="#121518",
    text="#F2F4F6",
    quiet="#A9B3BE",
    edge="#7F8A96",
    circle="#1C2127",
    pill="#2A313A",
    forward="#6CC0F5",
    gradient="#FF9A57",
    active="#FFB81C",
    active_fill="#4B3A0E",
    agrees="#4CC9A0",
    differs="#FF8A80",
    side_a="#F2F4F6",
    side_b="#E79AC6",
)
THEMES: dict[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}


def theme_of(name: str) -> Theme:
    """Raises InputError for a name that is none of them."""
    for known, theme in THEMES.items():
        if known == name:
            return theme
    raise InputError(f"unknown theme {name!r}.", hint='There are "light" and "dark".')


FONT = '"Source Sans", "Source Sans 3", "Noto Sans CJK SC", "Segoe UI", sans-serif'
VALUE_SIZE = 19
NAME_SIZE = 15
SIGN_SIZE = 30
WORD_SIZE = 18
LONG_WORD_SIZE = 12.5
LINE_WIDTH = 2
GRADIENT_WIDTH = 3
GRADIENT_DASH = "7px,4px"
RING_WIDTH = 4
TOKEN_SIZE = 15
