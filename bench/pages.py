"""How fast the researchers' list of conversations pages through very many of them.

    python -m bench.pages                      100,000 conversations, each filter, first page and a deep one
    python -m bench.pages --conversations 20000 --json pages.json

Starts a private PostgreSQL and times whole requests through Django's test client: signing in, filters, rows, template.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from django.test import Client

RUNNING = 200
"""Conversations that run while the live page is asked."""
QUERIES = {
    "all": "",
    "state": "state=closed",
    "state, few": "state=cancelled",
    "outcome, few": "outcome=seeker_safety",
    "verdict": "verdict=qualified",
    "verdict, few": "verdict=intensity_queried",
    "verdict, group": "verdict=kept&origin=live&state=begun",
    "not assessed, none": "verdict=none",
    "problem": "problem=Sleep+Problems",
    "emotion and verdict": "emotion=sadness&verdict=filtered_out",
    "flag, none": "flag=no_feedback",
    "days": "since=2025-06-01&until=2025-06-30",
    "length, few": "shortest=67",
    "person, nobody": "person=nobody",
    "id": "q=bulk000000042",
}


def measure(count: int, *, repeat: int) -> dict[str, dict[str, float]]:
    """Return the median and slowest milliseconds of each filter's first page and of a page in the middle."""
    from collection.models import Conversation
    from tests.qualitycontrol.rows import make_study
    from tests.support.bulk import make_many_conversations
    from tests.support.staff import make_staff

    study = make_study()
    make_many_conversations(study, count=count)
    middle = Conversation.objects.order_by("pk")[count // 2].pk
    client = Client()
    client.force_login(make_staff("staff"))
    client.get("/research/conversations/")
    pages = {}
    for name, query in QUERIES.items():
        pages[name] = f"/research/conversations/?{query}"
        pages[f"{name}, deep"] = f"/research/conversations/?{query}&older={middle}"
    pages["dashboard"] = f"/research/studies/{study.slug}/dashboard/"
    figures = {name: _timed(client, url, repeat=repeat) for name, url in pages.items()}
    running = Conversation.objects.filter(public_id__startswith="bulk").order_by("-pk")[:RUNNING]
    Conversation.objects.filter(pk__in=list(running.values_list("pk", flat=True))).update(state="chatting")
    figures[f"live, {RUNNING} running"] = _timed(
        client, f"/research/studies/{study.slug}/live/now.json", repeat=repeat
    )
    return figures


def _timed(client: Client, url: str, *, repeat: int) -> dict[str, float]:
    times = []
    for _turn in range(repeat):
        began = time.perf_counter()
        answer = client.get(url)
        times.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, url
    return {"median_ms": round(median(times), 1), "slowest_ms": round(max(times), 1)}


def main() -> None:
    """Set up, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "escplatform.settings.test"
    import django
    from django.core.management import call_command
    from django.db import connections

    from tests.support import servers

    with tempfile.TemporaryDirectory(prefix="esc-bench-") as folder:
        Path(folder).chmod(0o755)
        with servers.postgres(Path(folder) / "data") as host:
            django.setup()
            connections["default"].settings_dict |= {"HOST": host, "NAME": "postgres", "CONN_MAX_AGE": None}
            call_command("migrate", verbosity=0)
            figures = measure(options.conversations, repeat=options.repeat)
            connections.close_all()
    for name, times in figures.items():
        print(f"{name:28} {times['median_ms']:8.1f} ms median {times['slowest_ms']:8.1f} ms slowest")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
