"""Beside a decision stand others of the same kind: the same label taken for the same other strategy."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from collection.api import Utterance
from qualitycontrol.domain.strategy_review import Action
from qualitycontrol.rights import ADJUDICATORS
from qualitycontrol.services.adjudication import adjudicate
from study.services.withdrawals import participant_withdraw
from tests.qualitycontrol.review_rows import make_items, make_reviewer, take_part, vote

pytestmark = pytest.mark.django_db


def test_the_same_confusion_is_shown_with_how_it_was_decided(client: Client) -> None:
    items = make_items(4, reviewers=1)
    reviewer = make_reviewer()
    for number, (item, label) in enumerate(
        zip(items, ("others", "others", "information", "question"), strict=True), start=1
    ):
        Utterance.objects.filter(pk=item.utterance_id).update(text=f"text number {number}")
        vote(reviewer, label, item=item)
    ann = make_reviewer("ann", groups=(ADJUDICATORS,))
    adjudicate(items[1].pk, user=ann, action=Action.CHANGE, new="others", reason="A greeting asks nothing.")
    client.force_login(ann)
    html = unescape(client.get(f"/research/adjudication/{items[0].pk}/").content.decode())
    similar = html[html.index('id="similar-heading"') :]
    assert "text number 2" in similar
    assert "A greeting asks nothing." in similar
    assert "Others 1 / 1" in similar
    for other in ("text number 1", "text number 3", "text number 4"):
        assert other not in similar, "not itself, no other confusion, nothing the reviewers agreed with"


def test_who_withdrew_is_shown_beside_nothing(client: Client) -> None:
    items = make_items(9, reviewers=1)  # of two conversations
    reviewer = make_reviewer()
    for item in items:
        vote(reviewer, "others", item=item)
    client.force_login(make_reviewer(groups=(ADJUDICATORS,)))
    Utterance.objects.filter(pk=items[8].utterance_id).update(text="of the other conversation")
    page = f"/research/adjudication/{items[0].pk}/"
    assert "of the other conversation" in client.get(page).content.decode()
    participant_withdraw(take_part(items[8].conversation).pk)
    assert "of the other conversation" not in client.get(page).content.decode()
