"""Whether a checkpoint may be served in int8: measured once on its validation part and written beside it.

Source: the rule of `modeling.neural.quantisation`: at most 1 % more perplexity than fp32.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from modeling.corpus_file import read_corpus
from modeling.domain.perplexity import perplexity
from modeling.domain.pieces import cut_all
from modeling.domain.runfile import Run
from modeling.domain.splits import Part
from modeling.errors import ModelingError, QuantizationRefused
from modeling.files import write_json
from modeling.neural.backbones import Backbone
from modeling.neural.checkpoints import read_manifest
from modeling.neural.encoding import Codec, Example, encode_piece
from modeling.neural.likelihood import likelihoods
from modeling.neural.quantisation import accept_quantised
from modeling.neural.setup import evaluation_limit

FILE = "int8.json"
PIECES = 64
"""Validation pieces that are compared: some thousand tokens, in seconds."""


def int8_accepted(
    checkpoint: Path, fp32: Backbone, int8: Backbone, *, run: Run, codec: Codec, digest: str
) -> bool:
    """Return whether the int8 copy is good enough; False too where there is no corpus to measure it on."""
    path = checkpoint.parent / FILE
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["weights_sha256"] == digest:
            return bool(known["accepted"])
    except (OSError, ValueError, KeyError):
        pass
    try:
        examples = _examples(checkpoint, fp32, run=run, codec=codec)
    except (ModelingError, OSError):
        return False
    measured = {name: _perplexity(backbone, examples) for name, backbone in (("fp32", fp32), ("int8", int8))}
    try:
        accept_quantised(fp32_perplexity=measured["fp32"], int8_perplexity=measured["int8"])
        accepted = True
    except QuantizationRefused:
        accepted = False
    write_json(
        path,
        {"weights_sha256": digest, "accepted": accepted, "pieces": len(examples), "perplexity": measured},
    )
    return accepted


def _examples(checkpoint: Path, backbone: Backbone, *, run: Run, codec: Codec) -> list[Example]:
    manifest = read_manifest(checkpoint)
    # The store keeps a corpus by its digest, beside the trainings' folders.
    path = checkpoint.parents[2] / "corpora" / f"{manifest['corpus']['sha256']}.json"
    corpus = read_corpus(path)
    pieces = cut_all(
        corpus.conversations, indices=manifest["split"][Part.VALID.value], limit=run.context_limit
    )[:PIECES]
    limit = evaluation_limit(backbone, run)
    return [encode_piece(piece, codec, max_response_tokens=limit) for piece in pieces]


def _perplexity(backbone: Backbone, examples: list[Example]) -> float:
    found = likelihoods(
        backbone.model,
        examples,
        strategy_ids=backbone.strategy_ids,
        pad=int(backbone.tokenizer.pad_token_id),
        batch_size=16,
    )
    return float(perplexity(np.array([[f.nll, f.tokens] for f in found]).sum(axis=0)))
