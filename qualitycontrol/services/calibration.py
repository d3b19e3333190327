"""Keep judgements, and make a calibrated rule the approval rule of a new protocol version."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from collection.api import Conversation
from qualitycontrol.domain.calibration import Rule
from qualitycontrol.domain.judgements import read_judgements
from qualitycontrol.models import Judgement
from qualitycontrol.rule_changes import thresholds
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.protocol import FIRST_OWN_VERSION
from study.models import ProtocolVersion
from study.services.protocols import protocol_store


class RuleRefused(ApplicationError):
    """This rule cannot become a protocol's approval rule."""

    code = "rule_refused"


@transaction.atomic
def judgements_store(lines: Iterable[str]) -> int:
    """Store the judgements of a CSV file and return how many there are; all or nothing.

    An annotator who judged a conversation before is taken at the newer word.

    Raises:
        JudgementsInvalid: see `read_judgements`.
    """
    ids = dict(Conversation.objects.values_list("public_id", "pk"))
    found = read_judgements(lines, index_of=ids)
    rows = [
        Judgement(conversation_id=pk, annotator=annotator, good=good, stored_at=database_now())
        for annotator, judged in found.items()
        for pk, good in judged.items()
    ]
    Judgement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["conversation", "annotator"],
        update_fields=["good", "stored_at"],
    )
    return len(rows)


@transaction.atomic
def approval_rule_set(base: ProtocolVersion, *, rule: Rule) -> ProtocolVersion:
    """Store the next version of a protocol with the rule's thresholds, and return it.

    No study changes by this, and no assessment: conversations stay under the version they were held under.

    Raises:
        RuleRefused: the rule asks for the detail, which the protocol's rule cannot, or it is the base's own rule.
    """
    if rule.detail is not None:
        raise RuleRefused("A rule that asks for the seeker's detail cannot become the approval rule.")
    # Two researchers at once: the second waits for the first one's version and then numbers its own after it.
    list(ProtocolVersion.objects.select_for_update().filter(name=base.name))
    document: dict[str, Any] = copy.deepcopy(base.document)
    approval = document["quality"]["approval"]
    changed = thresholds(rule)
    if all(approval[name] == value for name, value in changed.items()):
        raise RuleRefused(f"This is the rule of {base} already.")
    newest = ProtocolVersion.objects.filter(name=base.name).aggregate(newest=Max("version"))["newest"]
    document["version"] = max(newest + 1, FIRST_OWN_VERSION)
    approval |= changed | {"source": f"calibrated from version {base.version}; {approval['source']}"}
    return protocol_store(document)
