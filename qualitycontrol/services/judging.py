"""Draw conversations for people to judge, and keep what they say."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from qualitycontrol.domain.strategy_review import drawn
from qualitycontrol.judging import conversations_to_draw, items_for
from qualitycontrol.models import Judgement, JudgingItem, JudgingSample
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.models import Study


class JudgingRefused(ApplicationError):
    """There is nothing to draw, or this person cannot judge this conversation (any more)."""

    code = "judging_refused"


@transaction.atomic
def sample_draw(study: Study, *, seed: int, size: int, user: AbstractBaseUser) -> JudgingSample:
    """Draw `size` conversations of a study, all where there are fewer; the same draw again returns the first.

    Raises:
        JudgingRefused: no conversation of the study has passed the preliminary filter.
    """
    # Two who press at once: the second waits here and finds the first one's sample.
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    earlier = JudgingSample.objects.filter(study=study, seed=seed, size=size).first()
    if earlier is not None:
        return earlier
    keys = dict(conversations_to_draw(study).values_list("public_id", "pk"))
    if not keys:
        raise JudgingRefused("No conversation of this study has passed the preliminary filter yet.")
    chosen = sorted(keys, key=lambda key: (drawn(seed, "judging", key), key))[:size]
    sample = JudgingSample.objects.create(
        study=study, seed=seed, size=size, drawn_by_id=user.pk, drawn_at=database_now()
    )
    JudgingItem.objects.bulk_create(
        JudgingItem(sample=sample, conversation_id=keys[key], place=place) for place, key in enumerate(chosen)
    )
    return sample


@transaction.atomic
def judgement_give(item_id: int, *, user: AbstractBaseUser, good: bool) -> Judgement:
    """Store what a judge says of a conversation, under the account's name; the newer word counts.

    Raises:
        JudgingItem.DoesNotExist: there is no such item.
        JudgingRefused: a participant withdrew, or the judge took part.
    """
    item = JudgingItem.objects.select_related("sample").get(pk=item_id)
    if not items_for(item.sample, user.pk).filter(pk=item.pk).exists():
        raise JudgingRefused("A participant withdrew, or you took part; nothing was stored.")
    judgement, _created = Judgement.objects.update_or_create(
        conversation_id=item.conversation_id,
        annotator=user.get_username()[:100],
        defaults={"good": good, "stored_at": database_now()},
    )
    return judgement
