"""Run files for tests: tiny models from random weights."""

from __future__ import annotations

from modeling.domain.runfile import Run, parse_run

TEXT = """
name = "test"
variant = "{variant}"
seed = 7
[backbone]
source = "scratch"
[backbone.scratch]
architecture = "{architecture}"
vocabulary = {vocabulary}
width = 32
layers = 2
heads = 4
feedforward = 64
positions = 256
dropout = {dropout}
[data]
context_utterances = 4
split = "6:2:2"
split_seed = 1
max_context_tokens = 128
max_response_tokens = 40
straighten_quotes = true
[optimiser]
learning_rate = {learning_rate}
weight_decay = 0.01
epsilon = 1e-8
warmup_steps = 4
clip_norm = 1.0
[training]
epochs = {epochs}
batch_size = 8
micro_batch_size = {micro_batch_size}
batching = "{batching}"
validate_every_steps = {validate_every_steps}
save_every_steps = {save_every_steps}
precision = "fp32"
[decoding]
top_p = 0.9
top_k = 30
temperature = 0.7
repetition_penalty = 1.03
no_repeat_ngram = 3
min_new_tokens = 2
max_new_tokens = 12
strategy_temperature = 1.0
strategy_top_p = 1.0
"""

DEFAULTS = {
    "variant": "joint",
    "architecture": "blenderbot-small",
    "vocabulary": 400,
    "dropout": 0.0,
    "learning_rate": 0.003,
    "epochs": 1,
    "micro_batch_size": 8,
    "batching": "buckets",
    "validate_every_steps": 0,
    "save_every_steps": 0,
}


def make_run(**changes: object) -> Run:
    """Return a tiny run; keyword arguments replace its defaults."""
    return parse_run(TEXT.format(**{**DEFAULTS, **changes}))
