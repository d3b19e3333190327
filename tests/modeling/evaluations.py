"""Evaluations for tests of tables and figures."""

from __future__ import annotations

from corpus.labels import STRATEGIES
from modeling.domain.results import Evaluation, PieceResult, SaidBefore


def make_piece(number: int = 0, **changes: object) -> PieceResult:
    """Return one result; keyword arguments replace its defaults."""
    fields = {
        "conversation": number // 2,
        "position": 1 + 2 * (number % 2),
        "context": (SaidBefore("seeker", f"i feel low {number}"),),
        "reference": "you are doing well with work .",
        "hypothesis": "you are doing fine with work .",
        "gold": STRATEGIES[number % 8],
        "strategy": STRATEGIES[0],
        "nll": 12.0 + number,
        "tokens": 8,
        "logprobs": tuple(-0.1 if s == 0 else -3.0 - s / 10 for s in range(8)),
        "mass": 0.9,
    }
    return PieceResult(**{**fields, **changes})


def make_evaluation(variant: str = "joint", *, count: int = 16, **changes: object) -> Evaluation:
    """Return an evaluation of `count` pieces of two per conversation."""
    vanilla = {"strategy": None, "logprobs": (), "mass": 0.0} if variant == "vanilla" else {}
    fields = {
        "system": f"tiny-{variant}",
        "backbone": "blenderbot_small-90M",
        "variant": variant,
        "part": "test",
        "corpus_sha256": "0" * 64,
        "engine": "fp32",
        "seed": 0,
        "details": {},
        "pieces": tuple(make_piece(n, **vanilla) for n in range(count)),
    }
    return Evaluation(**{**fields, **changes})
