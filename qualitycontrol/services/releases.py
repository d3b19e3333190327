"""Make a numbered release: files, manifest, and the rows that remember it."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from collection.api import public_release
from corpus.esconv import write_esconv
from corpus.failed import write_failed
from corpus.jsonl import write_jsonl
from qualitycontrol.code_version import code_version
from qualitycontrol.deidentification import Readings, readings
from qualitycontrol.domain import manifest
from qualitycontrol.domain.lifecycle import Event, State
from qualitycontrol.domain.manifest import FileFact
from qualitycontrol.domain.recognisers import VERSION as DEIDENTIFICATION
from qualitycontrol.models import Assessment, Release, ReleaseItem
from qualitycontrol.release_snapshot import Candidate, Scope, Snapshot, one_snapshot, release_snapshot
from qualitycontrol.selectors import conversations_under_review
from qualitycontrol.services.assessments import assessment_advance
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.models import Study

DATA_FILE = "esconv.json"
NEGATIVE_FILE = "failed.json"
RICH_FILE = "conversations.jsonl"
MANIFEST_FILE = "manifest.json"


class ReleaseRefused(ApplicationError):
    """The release cannot be made; nothing was written."""

    code = "release_refused"


def release_make(
    name: str, *, folder: Path, study: Study | None = None, rehearsal: bool = False, negative: bool = False
) -> Release:
    """Write the release's files into `folder` and remember it under the next number; all or nothing.

    A `negative` release holds refused conversations that did not help, in the form of FailedESConv.json; no
    assessment changes by it.

    What goes in is read in one snapshot. Whatever is withdrawn, superseded or taken under review between that
    snapshot and the end makes the release fail: it would be out of date before it is published.
    Should be called outside any transaction.

    Raises:
        ReleaseRefused: the folder holds something, nothing is ready, or a conversation changed meanwhile.
        OSError: the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ReleaseRefused(f"{folder} is not empty. A release is never written over anything.")
    scope = Scope(study=study, rehearsal=rehearsal, negative=negative)
    with one_snapshot():
        snapshot = release_snapshot(scope)
    if not snapshot.candidates:
        raise ReleaseRefused(f"Nothing is ready for release.{_left_out_words(snapshot)}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the goal, so that the last step is a rename within one file system.
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        draft = Path(beside) / folder.name
        draft.mkdir()
        write = write_failed if negative else write_esconv
        write((candidate.record for candidate in snapshot.candidates), draft / _data_file(scope))
        write_jsonl((candidate.record for candidate in snapshot.candidates), draft / RICH_FILE)
        return _publish(name, snapshot, draft=draft, folder=folder, scope=scope)


def _data_file(scope: Scope) -> str:
    return NEGATIVE_FILE if scope.negative else DATA_FILE


def _left_out_words(snapshot: Snapshot) -> str:
    parts = [f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(snapshot.left_out.items())]
    return f" Left out: {', '.join(parts)}." if parts else ""


def _publish(name: str, snapshot: Snapshot, *, draft: Path, folder: Path, scope: Scope) -> Release:
    try:
        with transaction.atomic():
            release = _remember(name, snapshot, draft=draft, scope=scope)
            _write_manifest(release.manifest, draft / MANIFEST_FILE)
            if folder.exists():
                folder.rmdir()
            draft.rename(folder)
    except BaseException:
        # The rename is the last step: what stands there then belongs to a release that was not remembered.
        if not draft.exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return release


def _remember(name: str, snapshot: Snapshot, *, draft: Path, scope: Scope) -> Release:
    now = database_now()
    # Two releases at once: the lock on the assessments lets one go first; the number is unique besides.
    assessments = _assessments_locked(snapshot.candidates, scope)
    last = Release.objects.order_by("-number").first()
    number = last.number + 1 if last else 1
    document = _manifest(name, snapshot, number=number, now=now, draft=draft, scope=scope)
    release = Release.objects.create(
        number=number,
        name=name,
        rehearsal=scope.rehearsal,
        negative=scope.negative,
        created_at=now,
        manifest=document,
    )
    ReleaseItem.objects.bulk_create(
        ReleaseItem(
            release=release,
            conversation_id=candidate.conversation_id,
            assessment_id=candidate.assessment_id,
            position=position,
        )
        for position, candidate in enumerate(snapshot.candidates)
    )
    for assessment in assessments:
        if assessment.state == State.QUALIFIED:
            assessment_advance(assessment, Event.RELEASE, now=now, reason=f"release {number}")
    return release


def _assessments_locked(candidates: list[Candidate], scope: Scope) -> list[Assessment]:
    """Return the candidates' assessments under SELECT FOR UPDATE.

    Raises:
        ReleaseRefused: one of them no longer admits its conversation.
    """
    wanted = [candidate.assessment_id for candidate in candidates]
    assessments = list(
        Assessment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("conversation")
        .prefetch_related(
            "conversation__seats__participation__consent", "conversation__seats__participation__participant"
        )
        .filter(pk__in=wanted, state__in=scope.states, superseded_at=None)
        .order_by("pk")
    )
    under_review = conversations_under_review()
    passes = {candidate.conversation_id: candidate.passes for candidate in candidates}
    read = readings(passes)
    changed = (
        len(wanted)
        - len(assessments)
        + sum(
            not public_release(assessment.conversation)
            or assessment.conversation_id in under_review
            or read.get(assessment.conversation_id, Readings()).ids != passes[assessment.conversation_id]
            for assessment in assessments
        )
    )
    if changed:
        raise ReleaseRefused(
            f"{changed} of {len(wanted)} conversations were withdrawn, judged anew, taken under review or read again "
            "meanwhile. "
            "Nothing was released; please start again."
        )
    return assessments


def _manifest(
    name: str,
    snapshot: Snapshot,
    *,
    number: int,
    now: datetime,
    draft: Path,
    scope: Scope,
) -> dict[str, Any]:
    records = [candidate.record for candidate in snapshot.candidates]
    return {
        "format": manifest.FORMAT,
        "release": {"number": number, "name": name, "rehearsal": scope.rehearsal, "negative": scope.negative},
        "created_at": now.isoformat(timespec="seconds"),
        "study": scope.study.slug if scope.study else None,
        "protocols": [asdict(use) for use in snapshot.protocols],
        "code": code_version(),
        "deidentification": {
            "version": DEIDENTIFICATION,
            "replaced": dict(sorted(snapshot.placeholders.items())),
            "read_by_a_person": sum(bool(candidate.passes) for candidate in snapshot.candidates),
        },
        "counts": manifest.corpus_counts(records)
        | {"origins": dict(sorted(Counter(c.origin for c in snapshot.candidates).items()))},
        "left_out": dict(sorted(snapshot.left_out.items())),
        "funnel": snapshot.funnel.document(),
        "changes": _changes(snapshot.candidates, scope),
        "files": [
            asdict(_file_fact(draft / name, records=len(records))) for name in (_data_file(scope), RICH_FILE)
        ],
    }


def _changes(candidates: list[Candidate], scope: Scope) -> dict[str, Any]:
    slug = scope.study.slug if scope.study else None
    same_kind = Release.objects.filter(rehearsal=scope.rehearsal, negative=scope.negative)
    earlier = same_kind.filter(manifest__study=slug).order_by("-number").first()
    items = ReleaseItem.objects.filter(release=earlier) if earlier else ReleaseItem.objects.none()
    before = dict(items.values_list("conversation__public_id", "position"))
    return manifest.changes(
        before,
        [candidate.public_id for candidate in candidates],
        since=earlier.number if earlier else None,
    )


def _file_fact(path: Path, *, records: int) -> FileFact:
    content = path.read_bytes()
    return FileFact(path.name, hashlib.sha256(content).hexdigest(), len(content), records)


def _write_manifest(document: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
