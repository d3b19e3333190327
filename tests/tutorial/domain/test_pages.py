"""The pages of the real tutorial."""

from __future__ import annotations

import pytest

from study import protocol_files
from study.domain.exam_content import ItemUse
from tutorial.domain.errors import PageUnknown, QuestionUnknown
from tutorial.domain.pages import find_page, quiz_order, tutorial_pages

PROTOCOL, _SHA256 = protocol_files.read_protocol()
PAGES = tutorial_pages(PROTOCOL)


def test_eleven_subtasks_come_before_three_safety_pages() -> None:
    assert [page.is_safety for page in PAGES] == [False] * 11 + [True] * 3
    assert [page.key for page in PAGES[:3]] == ["exploration", "comforting", "action"]


def test_every_formative_item_is_asked_on_exactly_one_page() -> None:
    asked = [item.key for page in PAGES for item in page.quiz]
    assert sorted(asked) == sorted(item.key for item in PROTOCOL.items if item.use is ItemUse.FORMATIVE)
    assert all(page.quiz for page in PAGES if not page.is_safety)


def test_a_page_knows_only_its_own_questions() -> None:
    page = find_page(PROTOCOL, "comforting")
    assert page.question(1) is page.quiz[0]
    for number in (0, -1, len(page.quiz) + 1):
        with pytest.raises(QuestionUnknown):
            page.question(number)


def test_an_unknown_page_is_refused() -> None:
    with pytest.raises(PageUnknown):
        find_page(PROTOCOL, "do_no_harm")


def test_a_reader_always_sees_the_same_order_and_readers_see_different_ones() -> None:
    item = PAGES[0].quiz[0]
    orders = {reader: quiz_order(item, reader=reader) for reader in "abcdefghijkl"}
    assert orders == {reader: quiz_order(item, reader=reader) for reader in orders}
    assert len(set(orders.values())) > 3
    assert all(sorted(order) == list(range(len(item.options))) for order in orders.values())
