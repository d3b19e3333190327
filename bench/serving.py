"""Serving: conversations that wait for a model on this machine's cores, against `generate` one conversation at a time.

    python -m bench.serving [--seconds 15] [--json OUT]

BlenderBot-small's architecture (87.5 million parameters, 54,952 rows) with random weights, 128 tokens of context,
25 tokens out; random weights never end a message, so every reply has its full length. Ours is what the platform runs:
the batcher, the process `python -m modeling answer`, int8. Plain is the library's own sampling in fp32, a forward pass
for the strategy and then `generate`, one after another, on all cores. Wall-clock seconds: run it on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from bench.blender import VOCABULARY, make_backbone
from bench.generation import make_requests, plain
from modeling.checkpoint_files import weights_digest
from modeling.corpus_file import read_corpus
from modeling.domain.agent_config import Decoding
from modeling.domain.runfile import Run, parse_run
from modeling.domain.turns import Said, TurnRequest
from modeling.files import write_json
from modeling.neural.checkpoints import save_model
from modeling.neural.setup import prepare
from modeling.serving.batcher import Batcher
from modeling.serving.local import LocalEngine
from tests.modeling.corpora import make_corpus, write_corpus

NEW_TOKENS = 25
LOOPS = (1, 8, 16, 32)
"""Conversations that ask again as soon as they are answered."""
GOALS = {"slowest_of_32": 8.0, "median_of_32": 5.0, "one_conversation": 0.6, "ratio_from_8": 4.0}
RUN = """
name = "serving"
variant = "joint"
seed = 7
[backbone]
source = "scratch"
[backbone.scratch]
architecture = "blenderbot-small"
vocabulary = 400
width = 512
layers = 8
heads = 16
feedforward = 2048
positions = 512
dropout = 0.1
[data]
context_utterances = 4
split = "6:2:2"
split_seed = 1
max_context_tokens = 128
max_response_tokens = 40
straighten_quotes = true
[optimiser]
learning_rate = 3e-5
weight_decay = 0.01
epsilon = 1e-8
warmup_steps = 4
clip_norm = 1.0
[training]
epochs = 1
batch_size = 8
micro_batch_size = 8
batching = "buckets"
validate_every_steps = 0
save_every_steps = 0
precision = "fp32"
[decoding]
top_p = 0.9
top_k = 30
temperature = 0.7
repetition_penalty = 1.03
no_repeat_ngram = 0
min_new_tokens = 25
max_new_tokens = 25
strategy_temperature = 0.7
strategy_top_p = 0.9
"""
WORDS = [
    "i",
    "am",
    "so",
    "tired",
    "of",
    "this",
    "work",
    "and",
    "nobody",
    "asks",
    "me",
    "how",
    "it",
    "goes",
    "at",
    "home",
    "when",
    "all",
    "of",
    "them",
    "sleep",
]


def make_checkpoint(store: Path) -> Path:
    """Write a checkpoint of the full size with random weights, in a store's layout; return its folder."""
    path = write_corpus(make_corpus(20), store / "corpus.json")
    corpus = read_corpus(path)
    (store / "corpora").mkdir()
    path.rename(store / "corpora" / f"{corpus.sha256}.json")
    run: Run = parse_run(RUN)
    prepared = prepare(run, corpus)
    # As many rows as the published vocabulary: the output layer is a good part of the work.
    prepared.backbone.model.resize_token_embeddings(VOCABULARY + 8, mean_resizing=False)
    folder = store / "runs" / "serving" / "best"
    folder.mkdir(parents=True)
    save_model(prepared.backbone, folder, manifest={**prepared.manifest, "step": 0, "validation": {}})
    # Random weights have no quality to lose; a trained checkpoint is measured first.
    write_json(folder.parent / "int8.json", {"weights_sha256": weights_digest(folder), "accepted": True})
    return folder


def make_request(number: int) -> TurnRequest:
    """Return a request whose context fills the 128 tokens."""
    rng = np.random.default_rng(number)
    texts = [" ".join(rng.choice(WORDS, 40)) for _ in range(4)]
    roles = ("seeker", "supporter", "seeker", "seeker")
    return TurnRequest(
        history=tuple(Said(role, text) for role, text in zip(roles, texts, strict=True)),  # type: ignore[arg-type]
        variant="joint",
        seed=(number,),
        decoding=Decoding(max_new_tokens=NEW_TOKENS),
    )


def start(folder: Path, *, processes: int, cores: int) -> Batcher:
    """Return a batcher before warm processes that share the cores."""
    engines = [
        LocalEngine(
            folder,
            weights_sha256=weights_digest(folder),
            numbers="int8",
            threads=max(1, cores // processes),
            log=folder.parent / f"answer-{number}.txt",
        )
        for number in range(processes)
    ]
    threads = [threading.Thread(target=engine.warm_up) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"  {engines[0].info['engine']}")
    return Batcher(engines)


def waiting(batcher: Batcher, count: int) -> list[float]:
    """Return the seconds until each of `count` conversations that ask at once is answered, sorted."""
    seconds: list[float] = []

    def ask(number: int) -> None:
        began = time.perf_counter()
        batcher.ask(make_request(number), seconds=120)
        seconds.append(time.perf_counter() - began)

    _all(ask, count)
    return sorted(seconds)


def closed_loop(batcher: Batcher, clients: int, *, seconds: float) -> float:
    """Return replies per second when each client asks again as soon as it is answered."""
    answered: list[float] = []
    began = time.perf_counter()

    def ask(number: int) -> None:
        turn = 0
        while time.perf_counter() - began < seconds:
            batcher.ask(make_request(number * 1000 + turn), seconds=120)
            answered.append(time.perf_counter() - began)
            turn += 1

    _all(ask, clients)
    return len(answered) / max(answered)


def plain_rate(*, cores: int, count: int = 8) -> float:
    """Return replies per second of the plain way: however many wait, one is answered at a time."""
    best = 0.0
    backbone, requests = make_backbone(), make_requests(count)
    for threads in {1, cores}:
        torch.set_num_threads(threads)
        plain(backbone, requests[:1])
        began = time.perf_counter()
        plain(backbone, requests)
        best = max(best, count / (time.perf_counter() - began))
    return best


def _all(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(folder: Path, *, processes: int, cores: int, seconds: float) -> dict[str, float]:
    """Return what one way of sharing the cores reaches."""
    batcher = start(folder, processes=processes, cores=cores)
    one = [waiting(batcher, 1)[0] for _ in range(5)]
    many = waiting(batcher, 32)
    found = {
        "one_conversation": float(np.median(one)),
        "median_of_32": float(np.median(many)),
        "slowest_of_32": many[-1],
    }
    for clients in LOOPS[1:]:
        found[f"loop_{clients}"] = closed_loop(batcher, clients, seconds=seconds)
    batcher.close()
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=12.0, help="of each closed loop")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    found: dict[str, object] = {"cores": cores, "goals": GOALS}
    rate = found["plain_replies_per_second"] = plain_rate(cores=cores)
    print(f"plain, one at a time: {rate:.2f} replies/s on {cores} cores")
    with TemporaryDirectory() as store:
        folder = make_checkpoint(Path(store))
        for processes in sorted({1, cores}):
            print(f"{processes} process(es):")
            figures = measure(folder, processes=processes, cores=cores, seconds=arguments.seconds)
            found[f"{processes}_processes"] = figures
            for name, value in figures.items():
                beside = f"   {value / rate:5.2f} x plain" if name.startswith("loop") else " s"
                print(f"  {name:<18}{value:7.2f}{beside}")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
