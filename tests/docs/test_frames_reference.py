"""Tests that the reference of the frames is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from collection.domain import frames
from collection.frames_reference import frames_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "frames.md"


def test_the_reference_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == frames_reference(), "run `python manage.py frames_reference`"


def test_every_frame_field_and_code_is_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for frame in (*frames.CLIENT_FRAMES, *frames.SERVER_FRAMES):
        section = page.split(f"### `{frame.__struct_config__.tag}`\n")[1].split("\n### ")[0]
        for field in frame.__struct_fields__:
            assert f"| `{field}` |" in section
    for code in frames.CLOSE_CODES:
        assert f"| {code} |" in page


def test_every_code_that_a_refusal_may_carry_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    codes = re.findall(r'code = "([a-z_]+)"', Path(frames.__file__).with_name("errors.py").read_text())
    codes += re.findall(
        r'code="([a-z_]+)"', (Path(frames.__file__).parents[1] / "realtime" / "socket.py").read_text()
    )
    assert len(codes) > 15
    for code in codes:
        assert f"| `{code}` |" in page, code
