"""Train a tiny checkpoint, seat people with it, and say how their seats ended, in whatever database the environment names.

Run by the flow tests: `python -m tests.support.agent_seed seat COUNT` and `… ended`. Both print JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django


def seat(count: int) -> dict[str, Any]:
    """Return seekers in conversations with an agent, and a pair of people at the lobby's door."""
    from modeling.models import Agent
    from modeling.services.agents import agent_conversation_start, agent_create
    from study.services.protocols import protocol_load
    from study.services.studies import study_create
    from tests.support.factories import make_participation

    agent = Agent.objects.first() or agent_create(
        name="Tiny", kind="checkpoint", checkpoint=_checkpoint(), variant="joint", by="ada", config=CONFIG
    )
    study = study_create(
        f"flow-{agent.turns.count()}",
        title="Flow",
        protocol_version=protocol_load("esconv-2021-rehearsal"),
        contact="team@example.org",
    )
    people = []
    for number in range(count):
        participation = make_participation(study, person=f"{study.pk}-{number}")
        agent_conversation_start(participation, agent)
        people.append(_way_in(participation))
    pair = [
        make_participation(study, role=role, person=f"{role}-{study.pk}") for role in ("seeker", "supporter")
    ]
    return {"people": people, "pair": [_way_in(p) for p in pair]}


CONFIG = {
    "pace": {"pause_seconds": 0.5, "longest_seconds": 0.5, "another": 0.0},
    "decoding": {"max_new_tokens": 8},
    "numbers": "fp32",
}


def _way_in(participation: Any) -> dict[str, str]:
    from tests.support.sockets import session_cookie

    return {
        "role": participation.role,
        "public_id": participation.public_id,
        "cookie": session_cookie(participation.public_id),
    }


def _checkpoint() -> Any:
    from django.conf import settings

    from modeling.corpus_file import read_corpus
    from modeling.corpus_store import store_corpus
    from modeling.neural.training import train
    from modeling.services.registry import checkpoint_register
    from modeling.services.trainings import store_folder, training_queue
    from tests.modeling.corpora import make_corpus, write_corpus
    from tests.modeling.runs import make_run

    path = write_corpus(make_corpus(20), Path(settings.VAR) / "corpus.json")
    stored = store_corpus([path.read_bytes()], name="corpus.json", store=store_folder())
    row = training_queue(stored, run_file="tiny", by="ada", upload_name="corpus.json")
    train(make_run(), read_corpus(row.corpus_path), row.path)
    type(row).objects.filter(pk=row.pk).update(state="finished")
    return checkpoint_register(row)


def ended() -> list[dict[str, Any]]:
    """Return how each seat with an agent ended, and what its turns say."""
    from collection.models import Seat
    from modeling.models import AgentTurn

    seats = Seat.objects.filter(conversation__origin="agent", role="seeker").select_related("conversation")
    return [
        {
            "public_id": seat.participation.public_id,
            "state": seat.conversation.state,
            "reason": seat.conversation.end_reason,
            "outcome": seat.outcome,
            "turns": list(
                AgentTurn.objects.filter(conversation=seat.conversation).values_list("state", flat=True)
            ),
        }
        for seat in seats
        if seat.participation is not None
    ]


if __name__ == "__main__":
    django.setup()
    print(json.dumps(seat(int(sys.argv[2])) if sys.argv[1] == "seat" else ended()))
