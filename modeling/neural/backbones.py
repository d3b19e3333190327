"""Backbones: load a pretrained model or build one from random weights, and give it the strategy tokens.

Source: Liu et al. 2021, §6.1 (BlenderBot-small, DialoGPT-small; strategies as special tokens).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import AddedToken
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    BlenderbotSmallConfig,
    BlenderbotSmallForConditionalGeneration,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from modeling.domain.runfile import SCRATCH, Run, Scratch
from modeling.domain.variants import STRATEGY_TOKENS
from modeling.errors import BackboneMissing, BackboneUnsuitable
from modeling.neural.mends import mend
from modeling.neural.vocabulary import learn_blender_vocabulary, learn_gpt2_vocabulary


@dataclass
class Backbone:
    """A model with its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    strategy_ids: tuple[int, ...]
    """Ids of the eight strategy tokens in the order of `STRATEGIES`; empty where strategies are not tokens."""

    @property
    def encoder_decoder(self) -> bool:
        """Whether the context goes through an encoder of its own."""
        return bool(self.model.config.is_encoder_decoder)

    @property
    def positions(self) -> int | None:
        """The longest input in tokens; None where there is no limit."""
        return getattr(self.model.config, "max_position_embeddings", None)


def load_backbone(run: Run, *, texts: Iterable[str]) -> Backbone:
    """Return the run's backbone, with strategy tokens where the run has them in the vocabulary.

    `texts` are the training part's, from which a backbone from scratch learns its vocabulary.

    Raises:
        BackboneMissing: it is neither a folder nor to be had from the hub.
        BackboneUnsuitable: it cannot serve this run.
    """
    torch.manual_seed(run.seed)  # new embeddings, and all weights of a backbone from scratch
    if run.backbone.source == SCRATCH:
        assert run.backbone.scratch is not None
        model, tokenizer = build_from_scratch(run.backbone.scratch, texts=texts)
    else:
        model, tokenizer = load_pretrained(run.backbone.source)
    backbone = Backbone(model=mend(model), tokenizer=tokenizer, strategy_ids=())
    check_positions(backbone, run)
    as_tokens = run.instruct is None or run.instruct.strategy_form == "token"
    if run.uses_strategies and as_tokens:
        add_strategy_tokens(backbone)
    return backbone


def load_pretrained(source: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a model and its tokenizer from a folder or the hub, in fp32.

    Raises:
        BackboneMissing: neither has it.
    """
    try:
        config = AutoConfig.from_pretrained(source)
        auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        model = auto.from_pretrained(source, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError) as error:
        raise BackboneMissing(_missing(source)) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token  # GPT-2 has no pad; the attention mask hides it
    return model, tokenizer


def _missing(source: str) -> str:
    if Path(source).is_dir():
        return (
            f"The folder {source} is no complete backbone; it needs config.json, the weights (model.safetensors or "
            "pytorch_model.bin) and the tokenizer's files, as downloaded from the hub."
        )
    folder = f"backbones/{source.rsplit('/', maxsplit=1)[-1]}"
    return (
        f"The backbone {source} is not in a local folder, not in the hub's cache, and the hub did not give it. On a "
        f"machine with network access run `hf download {source} --local-dir {folder}`, copy the folder here, and put "
        f'its path in the run file: [backbone] source = "{folder}".'
    )


def build_from_scratch(
    scratch: Scratch, *, texts: Iterable[str]
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Build a backbone of random weights with a vocabulary learned from `texts`; seed torch before."""
    if scratch.width % scratch.heads:
        raise BackboneUnsuitable(f"width {scratch.width} is not a multiple of {scratch.heads} heads.")
    if scratch.architecture == "gpt2":
        tokenizer = learn_gpt2_vocabulary(texts, size=scratch.vocabulary)
        return GPT2LMHeadModel(_gpt2_config(scratch, tokenizer)), tokenizer
    tokenizer = learn_blender_vocabulary(texts, size=scratch.vocabulary)
    return BlenderbotSmallForConditionalGeneration(_blender_config(scratch, tokenizer)), tokenizer


def _blender_config(scratch: Scratch, tokenizer: PreTrainedTokenizerBase) -> BlenderbotSmallConfig:
    return BlenderbotSmallConfig(
        vocab_size=len(tokenizer),
        d_model=scratch.width,
        encoder_layers=scratch.layers,
        decoder_layers=scratch.layers,
        encoder_attention_heads=scratch.heads,
        decoder_attention_heads=scratch.heads,
        encoder_ffn_dim=scratch.feedforward,
        decoder_ffn_dim=scratch.feedforward,
        max_position_embeddings=scratch.positions,
        dropout=scratch.dropout,
        scale_embedding=True,
    )


def _gpt2_config(scratch: Scratch, tokenizer: PreTrainedTokenizerBase) -> GPT2Config:
    return GPT2Config(
        vocab_size=len(tokenizer),
        n_embd=scratch.width,
        n_layer=scratch.layers,
        n_head=scratch.heads,
        n_inner=scratch.feedforward,
        n_positions=scratch.positions,
        resid_pdrop=scratch.dropout,
        embd_pdrop=scratch.dropout,
        attn_pdrop=scratch.dropout,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def add_strategy_tokens(backbone: Backbone) -> None:
    """Add the eight strategy tokens to the vocabulary and the embeddings.

    New rows are drawn from N(0, init_std) as when the paper's models were made; the library's newer default draws
    them from the mean and covariance of the old rows.
    """
    tokenizer = backbone.tokenizer
    added: dict[str, str | AddedToken | Sequence[str | AddedToken]] = {
        "additional_special_tokens": STRATEGY_TOKENS
    }
    tokenizer.add_special_tokens(
        added, replace_extra_special_tokens=False
    )  # a model may have marks of its own
    backbone.strategy_ids = tuple(token_ids(tokenizer, STRATEGY_TOKENS))
    # Instruction models pad their embeddings beyond the vocabulary; there is room already.
    if embedding_rows(backbone.model) < len(tokenizer):
        backbone.model.resize_token_embeddings(len(tokenizer), mean_resizing=False)


def token_ids(tokenizer: PreTrainedTokenizerBase, tokens: Iterable[str]) -> list[int]:
    """Return the ids of whole tokens."""
    return [int(tokenizer.convert_tokens_to_ids(token)) for token in tokens]  # type: ignore[arg-type]


def vocabulary_digest(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return the SHA-256 of the tokenizer's entries and their ids."""
    entries = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    return hashlib.sha256(json.dumps(entries).encode()).hexdigest()


def embedding_rows(model: PreTrainedModel) -> int:
    """Return how many ids the model has embeddings for."""
    return int(model.get_input_embeddings().weight.shape[0])  # type: ignore[index]


def check_positions(backbone: Backbone, run: Run) -> None:
    """Check that the longest context, and response where they share the input, fit the model.

    Raises:
        BackboneUnsuitable: they do not.
    """
    data, limit = run.data, backbone.positions
    needed = data.max_context_tokens + (0 if backbone.encoder_decoder else data.max_response_tokens)
    if limit is not None and needed > limit:
        raise BackboneUnsuitable(
            f"The run's contexts need {needed} positions and the backbone has {limit}; lower max_context_tokens in "
            "the run file's [data]."
        )
