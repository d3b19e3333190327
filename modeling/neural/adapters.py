"""Low-rank adapters (LoRA) on a frozen instruction model.

The strategy tokens' embeddings are trained with the adapters, for a frozen model has never seen them.
Source: Hu et al. 2022; the `peft` library.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from peft import LoraConfig, PeftModel, TaskType, get_peft_model
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from modeling.domain.runfile import LoraSection
from modeling.errors import BackboneUnsuitable
from modeling.neural.backbones import embedding_rows, load_pretrained

ADAPTER_CONFIG = "adapter_config.json"


def adapt(model: PreTrainedModel, section: LoraSection, *, strategy_ids: tuple[int, ...]) -> PreTrainedModel:
    """Freeze the model and add adapters, with trainable rows for the strategy tokens.

    Raises:
        BackboneUnsuitable: it is no causal model, or has none of the layers named.
    """
    if model.config.is_encoder_decoder:
        raise BackboneUnsuitable("[lora] adapts causal instruction models; this backbone has an encoder.")
    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=section.rank,
        lora_alpha=section.alpha,
        lora_dropout=section.dropout,
        target_modules=section.targets or "all-linear",
        trainable_token_indices=list(strategy_ids) or None,
    )
    try:
        # It stands in for the model: same forward, same generate.
        return cast("PreTrainedModel", get_peft_model(model, config))
    except ValueError as error:
        raise BackboneUnsuitable(f"The adapters do not fit the backbone: {error}") from error


def is_adapted(folder: Path) -> bool:
    """Whether a checkpoint holds adapters and not whole weights."""
    return (folder / ADAPTER_CONFIG).is_file()


def load_adapted(folder: Path, source: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load the frozen backbone from `source` and the adapters from `folder`.

    Raises:
        BackboneMissing: the backbone is not to be had.
    """

    model, _ = load_pretrained(source)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if embedding_rows(model) < len(tokenizer):
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    return cast("PreTrainedModel", PeftModel.from_pretrained(model, folder)), tokenizer
