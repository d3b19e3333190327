"""Rows and files for tests of the modelling room's pages."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from modeling.corpus_store import StoredCorpus, store_corpus
from modeling.domain.results import figures, to_document
from modeling.domain.training_lifecycle import State
from modeling.models import Checkpoint, Evaluation, TrainingRun
from modeling.services.registry import checkpoint_register, evaluation_register
from modeling.services.trainings import store_folder, training_queue
from study.clock import database_now
from tests.modeling.corpora import make_corpus, write_corpus
from tests.modeling.evaluations import make_evaluation
from tests.modeling.runs import DEFAULTS, TEXT


def write_run_file(folder: Path, name: str = "small", **changes: object) -> Path:
    """Write a run file that trains in seconds and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text("# A small one for tests.\n" + TEXT.format(**{**DEFAULTS, **changes}))
    return path


def stored_corpus(folder: Path, conversations: int = 20) -> StoredCorpus:
    """Store a made-up corpus and return it."""
    path = write_corpus(make_corpus(conversations), folder / "corpus.json")
    return store_corpus([path.read_bytes()], name="corpus.json", store=store_folder())


def queued(folder: Path, **changes: object) -> TrainingRun:
    """Return a queued training of the small run file."""
    arguments = {"run_file": "small", "by": "ada", "upload_name": "corpus.json", **changes}
    return training_queue(stored_corpus(folder), **arguments)  # type: ignore[arg-type]


def write_checkpoint(run: TrainingRun, *, weights: bytes = b"weights", perplexity: float = 20.5) -> Path:
    """Write the files of a checkpoint into a training's folder, as training would, and return their folder."""
    folder = run.path / "best"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "tokenizer.json").write_text("{}")
    manifest = {
        "corpus": {"sha256": run.corpus_sha256},
        "step": 12,
        "parameters": 1000,
        "validation": {"perplexity": perplexity, "strategy_nll": 2.0, "strategy_accuracy": 0.25},
        "code_commit": "c0ffee",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def registered(run: TrainingRun, **changes: object) -> Checkpoint:
    """Return the entered checkpoint of a training."""
    write_checkpoint(run, **changes)  # type: ignore[arg-type]
    checkpoint = checkpoint_register(run)
    assert checkpoint is not None
    return checkpoint


def evaluated(checkpoint: Checkpoint, variant: str = "joint", **changes: object) -> Evaluation:
    """Return an entered evaluation of a checkpoint."""
    found = make_evaluation(variant, corpus_sha256=checkpoint.run.corpus_sha256, **changes)
    path = checkpoint.run.path / f"test-{variant}.json"
    path.write_text(json.dumps(to_document(found, figures(found))))
    return evaluation_register(checkpoint, variant)


def force_state(run: TrainingRun, state: State) -> None:
    """Put a training in a state without its journal."""
    TrainingRun.objects.filter(pk=run.pk).update(state=state, heartbeat_at=database_now())


def write_release(folder: Path, *, number: int = 1, name: str = "pilot", conversations: int = 20) -> Path:
    """Write a released corpus with its manifest and return its folder."""
    release = folder / name
    release.mkdir(parents=True)
    data = write_corpus(make_corpus(conversations), release / "esconv.json").read_bytes()
    manifest = {
        "format": 1,
        "release": {"number": number, "name": name, "rehearsal": False},
        "protocols": [
            {"name": "esconv-2021", "version": 1, "sha256": "ab" * 32, "conversations": conversations}
        ],
        "files": [
            {
                "name": "esconv.json",
                "sha256": hashlib.sha256(data).hexdigest(),
                "size_bytes": len(data),
                "records": conversations,
            }
        ],
    }
    (release / "manifest.json").write_text(json.dumps(manifest))
    return release
