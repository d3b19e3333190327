"""Put pairs of participants at the lobby's door of whatever database the environment names; print their way in.

Run by the flow tests in a process of its own: `python -m tests.support.seed PAIRS`.
"""

from __future__ import annotations

import json
import sys

import django

if __name__ == "__main__":
    django.setup()

    from study.models.participant import Role
    from study.services.protocols import protocol_load
    from study.services.studies import study_create
    from tests.support.factories import make_participation
    from tests.support.sockets import session_cookie

    study = study_create(
        "flow",
        title="Flow",
        protocol_version=protocol_load("esconv-2021-rehearsal"),
        contact="team@example.org",
    )
    people = []
    for number in range(int(sys.argv[1])):
        for role in Role.values:
            participation = make_participation(
                study, role=role, person=f"{role}-{number}-{study.tickets.count()}"
            )
            people.append(
                {
                    "role": role,
                    "public_id": participation.public_id,
                    "cookie": session_cookie(participation.public_id),
                }
            )
    print(json.dumps(people))
