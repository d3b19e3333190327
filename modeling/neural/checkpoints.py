"""Checkpoints: a folder of safetensors weights, the tokenizer and a manifest; never pickled code.

A folder is written beside its place and renamed into it, so a kill or a full disk leaves the last good one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

from modeling.domain.runfile import Run, run_from_dict
from modeling.domain.variants import STRATEGY_TOKENS
from modeling.errors import CheckpointUnusable
from modeling.files import disk_full_said, write_json
from modeling.neural.adapters import is_adapted, load_adapted
from modeling.neural.backbones import Backbone, embedding_rows, token_ids, vocabulary_digest
from modeling.neural.mends import mend

MANIFEST = "manifest.json"
OPTIMISER = "optimiser.safetensors"
PROGRESS = "progress.json"


@contextmanager
def replaced_folder(path: Path) -> Iterator[Path]:
    """Give a folder to write into; it takes the place of `path` when the block ends without an error.

    Raises:
        DiskFull: there is no room; `path` is as it was.
    """
    new, old = path.with_name(f"{path.name}.new"), path.with_name(f"{path.name}.old")
    with disk_full_said(path):
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        try:
            yield new
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)
            path.rename(old)
        new.rename(path)
        shutil.rmtree(old, ignore_errors=True)


def recover(path: Path) -> None:
    """Put back what a kill between two renames left aside."""
    old = path.with_name(f"{path.name}.old")
    if old.exists() and not path.exists():
        old.rename(path)


def save_model(backbone: Backbone, folder: Path, *, manifest: dict[str, Any]) -> None:
    """Write weights, tokenizer and manifest into `folder`; of an adapted model, the adapters only."""
    backbone.model.save_pretrained(folder, safe_serialization=True)
    backbone.tokenizer.save_pretrained(folder)
    write_json(folder / MANIFEST, manifest)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a checkpoint's manifest.

    Raises:
        CheckpointUnusable: the folder is no checkpoint.
    """
    recover(folder)
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointUnusable(
            f"{folder} is no checkpoint: it has no readable {MANIFEST}. `python -m modeling train` writes checkpoints; "
            "the one to evaluate is the folder `best` of its --out."
        ) from error
    return manifest


def load_checkpoint(folder: Path) -> tuple[Backbone, Run, dict[str, Any]]:
    """Load a trained model with its tokenizer, run and manifest.

    Raises:
        CheckpointUnusable: it is incomplete, or its weights are of another vocabulary than its tokenizer.
    """
    manifest = read_manifest(folder)
    run = run_from_dict(manifest["run"])
    try:
        if is_adapted(folder):
            model, tokenizer = load_adapted(folder, run.backbone.source)
        else:
            config = AutoConfig.from_pretrained(folder)
            auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
            model = auto.from_pretrained(folder, dtype=torch.float32, use_safetensors=True)
            tokenizer = AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, SafetensorError, RuntimeError) as error:
        raise CheckpointUnusable(
            f"The checkpoint {folder} cannot be loaded ({str(error).splitlines()[0]}). It may be incomplete: train "
            "again, or take another checkpoint."
        ) from error
    backbone = Backbone(model=mend(model), tokenizer=tokenizer, strategy_ids=())
    _check_vocabulary(backbone, folder, manifest)
    if manifest["strategy_ids"]:
        backbone.strategy_ids = tuple(manifest["strategy_ids"])
    backbone.model.eval()  # type: ignore[no-untyped-call]
    return backbone, run, manifest


def _check_vocabulary(backbone: Backbone, folder: Path, manifest: dict[str, Any]) -> None:
    rows, saved = embedding_rows(backbone.model), manifest["vocabulary"]
    entries = len(backbone.tokenizer)
    same = vocabulary_digest(backbone.tokenizer) == saved["sha256"]
    found = token_ids(backbone.tokenizer, STRATEGY_TOKENS) if manifest["strategy_ids"] else []
    if not same or rows < entries or found != list(manifest["strategy_ids"]):
        raise CheckpointUnusable(
            f"The checkpoint {folder} is of another vocabulary: it was saved with {saved['entries']} entries, its "
            f"tokenizer has {entries} and its weights have {rows}. Put the tokenizer files back that it was saved with."
        )


def save_training_state(
    folder: Path, *, weights: Mapping[str, Tensor], optimiser: torch.optim.Optimizer, progress: dict[str, Any]
) -> None:
    """Write what a resumed run needs beside the weights: the optimiser's moments and the place in the data."""
    state = optimiser.state_dict()["state"]
    moments = {
        f"{i}.{name}": torch.as_tensor(v).contiguous() for i, s in state.items() for name, v in s.items()
    }
    save_file(
        {name: tensor.detach().contiguous() for name, tensor in weights.items()},
        folder / "trainable.safetensors",
    )
    save_file(moments, folder / OPTIMISER)
    write_json(folder / PROGRESS, progress)


def load_training_state(
    folder: Path, *, load_weights: Callable[[dict[str, Tensor]], None], optimiser: torch.optim.Optimizer
) -> dict[str, Any]:
    """Put the saved weights and moments back and return the progress.

    Raises:
        CheckpointUnusable: the folder is incomplete.
    """
    try:
        load_weights(load_file(folder / "trainable.safetensors"))
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in load_file(folder / OPTIMISER).items():
            index, _, key = name.partition(".")
            state.setdefault(int(index), {})[key] = tensor
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": state, "param_groups": groups})
        progress: dict[str, Any] = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise CheckpointUnusable(
            f"The state in {folder} is incomplete ({error}); remove the folder to start this run again."
        ) from error
    return progress
