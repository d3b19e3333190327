"""A run file: everything that decides how a model is trained and decoded, in one commented TOML file.

Unknown keys are refused, so that a misspelt one cannot be silently ignored. The files are in `modeling/runs/`.
Source of the defaults' meaning: Liu et al. 2021, Appendix C.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from modeling.domain.splits import SplitRule
from modeling.domain.variants import Variant
from modeling.errors import RunFileInvalid

Positive = Annotated[int, msgspec.Meta(ge=1)]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
PositiveNumber = Annotated[float, msgspec.Meta(gt=0)]

SCRATCH = "scratch"
"""The backbone source that means: random weights, and a vocabulary learned from the training part."""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a run file."""


class Scratch(Section, frozen=True):
    """The sizes of a backbone built from random weights."""

    architecture: Literal["blenderbot-small", "gpt2"]
    vocabulary: Positive
    """Entries to learn from the training part's texts."""
    width: Positive
    layers: Positive
    """Layers of the decoder, and of the encoder where there is one."""
    heads: Positive
    feedforward: Positive
    positions: Positive
    """Longest input in tokens."""
    dropout: Share


class BackboneSection(Section, frozen=True):
    """Which pretrained model is fine-tuned."""

    source: str
    """A folder, a name on the Hugging Face hub, or `scratch`."""
    scratch: Scratch | None = None


class DataSection(Section, frozen=True):
    """What a model sees of a corpus."""

    context_utterances: Natural
    """Utterances before the response; 0 is the whole history."""
    split: SplitRule
    split_seed: int
    max_context_tokens: Positive
    """Older tokens are left out."""
    max_response_tokens: Positive
    """Longer targets are cut in training only; evaluation cuts nothing."""
    straighten_quotes: bool
    """Whether curly quotes become straight ones before tokenising."""


class OptimiserSection(Section, frozen=True):
    """AdamW with a linear warm-up and decay."""

    learning_rate: PositiveNumber
    weight_decay: Annotated[float, msgspec.Meta(ge=0)]
    """Applies to matrices; biases and layer norms are left alone."""
    epsilon: PositiveNumber
    warmup_steps: Natural
    clip_norm: PositiveNumber


class TrainingSection(Section, frozen=True):
    """How long, in what batches, on what numbers."""

    epochs: Natural
    """0 saves the backbone as it is ("without fine-tuning")."""
    batch_size: Positive
    """Pieces per optimiser step, however many devices share it."""
    micro_batch_size: Positive
    """Pieces that one device holds at a time; changes memory, not results."""
    batching: Literal["buckets", "shuffled"]
    """Pieces of similar length together, or in plain random order."""
    validate_every_steps: Natural
    """0 validates at the end of each epoch."""
    save_every_steps: Natural
    """Saves what a resumed run needs; 0 saves at validations only."""
    precision: Literal["auto", "fp32", "bf16"]
    """`auto` is bf16 on a GPU that has it, fp32 elsewhere."""


class DecodingSection(Section, frozen=True):
    """How responses are sampled."""

    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)]
    top_k: Natural
    """0 keeps every token."""
    temperature: PositiveNumber
    repetition_penalty: PositiveNumber
    no_repeat_ngram: Natural
    """No n-gram of this length twice in a response; 0 for no such rule."""
    min_new_tokens: Natural
    max_new_tokens: Positive
    strategy_temperature: PositiveNumber
    strategy_top_p: Annotated[float, msgspec.Meta(gt=0, le=1)]


class LoraSection(Section, frozen=True):
    """Low-rank adapters instead of full fine-tuning (Hu et al. 2022)."""

    rank: Positive
    alpha: Positive
    dropout: Share
    targets: list[str]
    """Names of the linear layers to adapt; an empty list adapts all of them."""


class InstructSection(Section, frozen=True):
    """How a piece is shown to an instruction model."""

    strategy_form: Literal["token", "prompt"]
    """`token` adds the eight strategy tokens to the vocabulary; `prompt` writes them as text."""
    prompt: str
    """Name of a file in `modeling/prompts/`, without its ending, or a path."""


class Run(Section, frozen=True):
    """One run file."""

    name: str
    variant: Literal["vanilla", "joint"]
    """Which of the two kinds of checkpoint: without strategies, or with."""
    seed: Natural
    backbone: BackboneSection
    data: DataSection
    optimiser: OptimiserSection
    training: TrainingSection
    decoding: DecodingSection
    lora: LoraSection | None = None
    instruct: InstructSection | None = None

    @property
    def uses_strategies(self) -> bool:
        """Whether the checkpoint knows strategies."""
        return Variant(self.variant).uses_strategies

    @property
    def context_limit(self) -> int | None:
        """Utterances of context; None for the whole history."""
        return self.data.context_utterances or None


def parse_run(text: str, *, name: str = "run file") -> Run:
    """Read a run file's text.

    Raises:
        RunFileInvalid: a key is missing, unknown, or has a value out of range; the sentence names it.
    """
    try:
        run = msgspec.toml.decode(text, type=Run)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise RunFileInvalid(f"{name}: {error}. The keys are explained in modeling/runs/.") from error
    _check(run, name)
    return run


def read_run(path: Path) -> Run:
    """Read a run file.

    Raises:
        RunFileInvalid: it cannot be read or understood.
    """
    try:
        return parse_run(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise RunFileInvalid(f"{path} cannot be read: {error}. The runs are in modeling/runs/.") from error


def run_from_dict(document: object) -> Run:
    """Rebuild a run from a checkpoint's manifest.

    Raises:
        RunFileInvalid: the document is no run.
    """
    try:
        return msgspec.convert(document, type=Run)
    except msgspec.ValidationError as error:
        raise RunFileInvalid(f"The manifest's run is not understood: {error}.") from error


def run_to_dict(run: Run) -> dict[str, object]:
    """Return the run as plain values, for a manifest."""
    document: dict[str, object] = msgspec.to_builtins(run)
    return document


def _check(run: Run, name: str) -> None:
    if (run.backbone.source == SCRATCH) != (run.backbone.scratch is not None):
        raise RunFileInvalid(
            f'{name}: the table [backbone.scratch] goes with source = "scratch", and only with it.'
        )
    if run.training.micro_batch_size > run.training.batch_size:
        raise RunFileInvalid(f"{name}: micro_batch_size cannot exceed batch_size.")
    if run.lora is not None and run.instruct is None and run.backbone.source == SCRATCH:
        raise RunFileInvalid(
            f"{name}: [lora] adapts a pretrained model; a scratch backbone is trained whole."
        )
