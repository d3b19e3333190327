"""What the operators watch, in Prometheus' text form: counts and ages, never a text and never a person.

Counters of one process (messages, sockets, wake-ups) are kept where they arise; what the database knows is asked for when
somebody scrapes, so that every web process answers the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Count, Min, Sum
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from collection.domain.lobby import OPEN_TICKETS
from collection.models import Conversation, Ticket
from escplatform.job_marks import job_ages
from modeling.models import TrainingRun
from study.clock import database_now
from study.models import LedgerEntry, Participation


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape that brings the token; without one the page does not exist."""
    expected = settings.METRICS_TOKEN
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not expected or scheme != "Bearer" or not secrets.compare_digest(given.encode(), expected.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(DatabaseCollector())
    body = generate_latest(REGISTRY) + generate_latest(registry)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


class DatabaseCollector(Collector):
    """The figures that are counted over the stored rows."""

    def collect(self) -> Iterator[Metric]:
        """Yield each family."""
        yield from _conversations()
        yield from _waits()
        yield from _participations()
        yield _pay()
        yield _trainings()
        yield _jobs()
        yield from _queues()


def _conversations() -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "esc_conversations", "Conversations by study and state.", labels=["study", "state"]
    )
    rows = Conversation.objects.values_list("study__slug", "state").annotate(n=Count("pk")).order_by()
    for study, state, count in rows:
        family.add_metric([study, state], count)
    yield family


def _waits() -> Iterator[Metric]:
    people = GaugeMetricFamily(
        "esc_lobby_waiting", "People in the lobby by study and role.", labels=["study", "role"]
    )
    longest = GaugeMetricFamily(
        "esc_lobby_longest_wait_seconds", "Longest present wait by study and role.", labels=["study", "role"]
    )
    now = database_now()
    open_tickets = Ticket.objects.filter(state__in=OPEN_TICKETS)
    rows = open_tickets.values_list("study__slug", "role").annotate(n=Count("pk"), began=Min("since"))
    for study, role, count, began in rows.order_by():
        people.add_metric([study, role], count)
        longest.add_metric([study, role], (now - began).total_seconds())
    yield from (people, longest)


def _participations() -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "esc_participations",
        "Participations by study, role and outcome (empty: not ended).",
        labels=["study", "role", "outcome"],
    )
    rows = Participation.objects.values_list("study__slug", "role", "outcome").annotate(n=Count("pk"))
    for study, role, outcome, count in rows.order_by():
        family.add_metric([study, role, outcome], count)
    yield family


def _pay() -> Metric:
    family = CounterMetricFamily(
        "esc_pay_booked", "Pay booked in the ledger, by study and currency.", labels=["study", "currency"]
    )
    rows = LedgerEntry.objects.values_list("participation__study__slug", "currency").annotate(
        sum=Sum("amount")
    )
    for study, currency, total in rows.order_by():
        family.add_metric([study, currency], float(total))
    return family


def _trainings() -> Metric:
    family = GaugeMetricFamily("esc_trainings", "Trainings by state.", labels=["state"])
    for state, count in TrainingRun.objects.values_list("state").annotate(n=Count("pk")).order_by():
        family.add_metric([state], count)
    return family


def _jobs() -> Metric:
    family = GaugeMetricFamily(
        "esc_sweep_age_seconds",
        "Seconds since a periodic job last ran; +Inf if it never did. Over 60 for a sweep: beat or the worker is gone.",
        labels=["job"],
    )
    for name, age in job_ages().items():
        family.add_metric([name], float("inf") if age is None else age)
    return family


def _queues() -> Iterable[Metric]:
    """How many jobs wait at the broker; nothing where jobs run inside the process, or Redis is away."""
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "unix://")):
        return []
    from redis import Redis
    from redis.exceptions import RedisError

    family = GaugeMetricFamily("esc_queue_depth", "Jobs that wait at the broker, by queue.", labels=["queue"])
    broker = Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        for queue in ("celery", *sorted({route["queue"] for route in settings.CELERY_TASK_ROUTES.values()})):
            family.add_metric([queue], int(broker.llen(queue)))  # type: ignore[arg-type]
    except RedisError:
        return []
    finally:
        broker.close()
    return [family]
