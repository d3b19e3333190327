"""The registry: what a training left and what was measured of it, read from its files."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction

from modeling.checkpoint_files import size_of, weights_digest
from modeling.domain.results import from_document
from modeling.errors import CheckpointUnusable, ScoresUnusable
from modeling.models import Checkpoint, Evaluation, TrainingRun
from study.clock import database_now

MANIFEST = "manifest.json"
PART = "test"
"""The part of the corpus that checkpoints are evaluated on."""


def checkpoint_register(run: TrainingRun) -> Checkpoint | None:
    """Enter the best checkpoint that the run has by now; None where it has none yet.

    A resumed run may find a better one: it takes the older one's place, whose evaluations go with it.

    Raises:
        CheckpointUnusable: the folder's manifest is of another corpus, or there are no weights.
    """
    folder = run.path / "best"
    if not (folder / MANIFEST).exists():
        return None
    manifest = _read(folder / MANIFEST)
    if manifest.get("corpus", {}).get("sha256") != run.corpus_sha256:
        raise CheckpointUnusable(f"The checkpoint in {run.folder} was trained on another corpus.")
    digest = weights_digest(folder)
    with transaction.atomic():
        checkpoint, _ = Checkpoint.objects.update_or_create(
            run=run,
            defaults={
                "weights_sha256": digest,
                "size_bytes": size_of(folder),
                "step": manifest["step"],
                "parameters": manifest["parameters"],
                "metrics": manifest["validation"],
                "code_commit": manifest.get("code_commit") or "",
                "registered_at": database_now(),
            },
        )
        checkpoint.evaluations.exclude(weights_sha256=digest).delete()
    return checkpoint


def evaluation_register(checkpoint: Checkpoint, variant: str) -> Evaluation:
    """Enter what was measured of a checkpoint as one variant.

    Raises:
        ScoresUnusable: the file is missing or is no evaluation of this checkpoint's corpus.
    """
    draft = Evaluation(checkpoint=checkpoint, variant=variant, part=PART)
    try:
        content = draft.path.read_bytes()
        document = json.loads(content)
    except (OSError, ValueError) as error:
        raise ScoresUnusable(f"{draft.path.name} cannot be read: {error}.") from error
    measured = from_document(document)
    if measured.corpus_sha256 != checkpoint.run.corpus_sha256 or measured.variant != variant:
        raise ScoresUnusable(f"{draft.path.name} is not an evaluation of this checkpoint as {variant}.")
    names = [name for name, value in document.items() if value is None or isinstance(value, float | int)]
    evaluation, _ = Evaluation.objects.update_or_create(
        checkpoint=checkpoint,
        variant=variant,
        part=PART,
        defaults={
            "pieces": len(measured.pieces),
            "metrics": {name: document[name] for name in names},
            "intervals": document["intervals"],
            "weights_sha256": checkpoint.weights_sha256,
            "file_sha256": hashlib.sha256(content).hexdigest(),
            "made_at": database_now(),
        },
    )
    return evaluation


def _read(path: Any) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointUnusable(
            f"The manifest of {path.parent.parent.name} cannot be read: {error}."
        ) from error
    return document
