"""Generation: one decoding path, batched, with a fused sampler and int8, against `generate` one conversation at a time.

    python -m bench.generation [--rounds 3] [--json OUT]

The plain way is what the authors' re-implementation does, in today's library: fp32, batch 1, the strategy drawn in an
extra forward pass, then `generate` with the library's processors and the eight tokens as bad words. Same weights,
same contexts of 128 tokens, 25 tokens out; one thread; CPU seconds, so that other load does not count.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from transformers import GenerationConfig

from bench.blender import END, PAD, START, STRATEGY_IDS, interleave, make_backbone, ratio
from modeling.domain.runfile import DecodingSection
from modeling.neural.backbones import Backbone
from modeling.neural.generation import Request, respond
from modeling.neural.quantisation import quantise

CONTEXT_TOKENS = 128
NEW_TOKENS = 25
WAITING = 32
"""Conversations that wait for a reply."""

DECODING = DecodingSection(
    top_p=0.9, top_k=30, temperature=0.7, repetition_penalty=1.03, no_repeat_ngram=0, min_new_tokens=NEW_TOKENS,
    max_new_tokens=NEW_TOKENS, strategy_temperature=0.7, strategy_top_p=0.9,
)  # fmt: skip

TOLERANCE = {"mean_kl": 1e-3, "max_logprob_difference": 0.5}
"""How far int8's next-token distribution may be from fp32's, in nats."""


class Ids:
    """Stands in for the tokenizer: texts are no part of the measurement."""

    def decode(self, ids: list[int]) -> str:
        """Return the ids as text."""
        return " ".join(map(str, ids))


def make_requests(count: int) -> list[Request]:
    """Return contexts of random ids."""
    rng = np.random.default_rng(0)
    return [
        Request(source=tuple(rng.integers(5, 50_000, CONTEXT_TOKENS).tolist()), seed=(0, i))
        for i in range(count)
    ]


@torch.inference_mode()
def plain(backbone: Backbone, requests: list[Request]) -> None:
    """Answer one conversation at a time: a forward pass for the strategy, then the library's own sampling."""
    config = GenerationConfig(
        do_sample=True, top_k=30, top_p=0.9, temperature=0.7, repetition_penalty=1.03, num_beams=1,
        max_new_tokens=NEW_TOKENS, min_new_tokens=NEW_TOKENS, bad_words_ids=[[i] for i in STRATEGY_IDS],
        bos_token_id=START, eos_token_id=END, pad_token_id=PAD, decoder_start_token_id=START,
    )  # fmt: skip
    for request in requests:
        ids = torch.tensor([request.source])
        mask = torch.ones_like(ids)
        first = backbone.model(input_ids=ids, attention_mask=mask, decoder_input_ids=torch.tensor([[START]]))
        eight = first.logits[0, -1, list(STRATEGY_IDS)].softmax(dim=0)
        strategy = STRATEGY_IDS[int(torch.multinomial(eight, 1))]
        backbone.model.generate(
            input_ids=ids, attention_mask=mask, decoder_input_ids=torch.tensor([[START, strategy]]),
            generation_config=config,
        )  # fmt: skip


@torch.inference_mode()
def distance(fp32: Backbone, int8: Backbone, requests: list[Request]) -> dict[str, float]:
    """Return how far int8's distributions are from fp32's over every position of some responses."""
    ids = torch.tensor([request.source for request in requests])
    decoder = torch.cat([torch.full((len(ids), 1), START), ids[:, :NEW_TOKENS]], dim=1)
    one, other = (
        b.model(input_ids=ids, decoder_input_ids=decoder).logits.log_softmax(dim=-1) for b in (fp32, int8)
    )
    return {
        "mean_kl": float((one.exp() * (one - other)).sum(dim=-1).mean()),
        "max_logprob_difference": float((one - other).abs().max()),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    fp32 = make_backbone()
    int8 = Backbone(model=quantise(fp32.model), tokenizer=fp32.tokenizer, strategy_ids=fp32.strategy_ids)
    requests, few = make_requests(WAITING), make_requests(4)
    ways = {
        "plain fp32, one at a time": lambda: plain(fp32, few),
        "ours fp32, one at a time": lambda: [respond(fp32, Ids(), [r], decoding=DECODING) for r in few],
        "ours int8, one at a time": lambda: [respond(int8, Ids(), [r], decoding=DECODING) for r in few],
        "ours fp32, 8 waiting": lambda: respond(fp32, Ids(), requests[:8], decoding=DECODING),
        "ours int8, 8 waiting": lambda: respond(int8, Ids(), requests[:8], decoding=DECODING),
        "ours fp32, 32 waiting": lambda: respond(fp32, Ids(), requests, decoding=DECODING),
        "ours int8, 32 waiting": lambda: respond(int8, Ids(), requests, decoding=DECODING),
    }
    answered = dict(zip(ways, (4, 4, 4, 8, 8, WAITING, WAITING), strict=True))
    seconds = interleave(ways, rounds=arguments.rounds)
    base = "plain fp32, one at a time"
    found: dict[str, object] = {"tolerance": TOLERANCE, "distance": distance(fp32, int8, few)}
    for name, each in seconds.items():
        speed = answered[name] / float(np.median(each))
        middle, low, high = ratio(seconds[base], each, work=answered[name] / answered[base])
        found[name] = {"responses_per_cpu_second": speed, "ratio": middle, "low": low, "high": high}
        print(f"{name:<28}{speed:7.2f} responses/CPU-s   {middle:5.2f} x  [{low:.2f}, {high:.2f}]")
    print(f"int8 against fp32: {found['distance']} (tolerance {TOLERANCE})")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")
    if any(found["distance"][name] > limit for name, limit in TOLERANCE.items()):
        raise SystemExit("int8 is outside its tolerance")


if __name__ == "__main__":
    main()
