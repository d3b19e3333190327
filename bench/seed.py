"""Make conversations that have begun, with a session for each seat; print [seeker, supporter] per room as JSON."""

from __future__ import annotations

import json
import sys

import django

if __name__ == "__main__":
    django.setup()

    from django.db import transaction

    from tests.support.factories import make_conversation, make_study
    from tests.support.sockets import session_cookie

    with transaction.atomic():
        # The limit on bursts is a person's; all other rules are in force.
        study = make_study(burst_messages=1_000_000, max_seconds=36_000)
        rooms = []
        for _number in range(int(sys.argv[1])):
            pair = make_conversation(study)
            seats = []
            for seat in (pair.seeker, pair.supporter):
                assert seat.participation is not None
                public_id = seat.participation.public_id
                seats.append({"public_id": public_id, "cookie": session_cookie(public_id)})
            rooms.append(seats)
    print(json.dumps(rooms))
