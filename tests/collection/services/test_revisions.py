"""A revision stands beside the first choice."""

from __future__ import annotations

import pytest

from collection.api import current_strategy, strategy_revise
from collection.domain.errors import StrategyUnknown
from collection.models import StrategyRevision, Utterance
from collection.services.revisions import RevisionRefused
from tests.support.factories import make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def utterances() -> list[Utterance]:
    """A seeker's message and a supporter's question."""
    pair = make_conversation()
    pair.say("seeker")
    pair.say("supporter")
    return list(Utterance.objects.order_by("ordinal"))


def test_a_revision_of_a_revision_knows_both(utterances: list[Utterance]) -> None:
    said = utterances[1]
    strategy_revise(said.pk, strategy="others", by="ann", reason="A greeting.")
    strategy_revise(said.pk, strategy="information", by="ben", reason="A fact.")
    assert list(StrategyRevision.objects.values_list("old", "new", "source", "by", "reason")) == [
        ("question", "others", "adjudication", "ann", "A greeting."),
        ("others", "information", "adjudication", "ben", "A fact."),
    ]
    said.refresh_from_db()
    assert (said.strategy, current_strategy(said)) == ("question", "information")


def test_what_changes_nothing_or_is_nobodys_strategy_is_refused(utterances: list[Utterance]) -> None:
    heard, said = utterances
    with pytest.raises(RevisionRefused):
        strategy_revise(said.pk, strategy="question", by="ann", reason="why")
    with pytest.raises(RevisionRefused):
        strategy_revise(heard.pk, strategy="question", by="ann", reason="why")
    with pytest.raises(StrategyUnknown):
        strategy_revise(said.pk, strategy="hypnosis", by="ann", reason="why")
    assert not StrategyRevision.objects.exists()
