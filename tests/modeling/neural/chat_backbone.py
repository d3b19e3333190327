"""A tiny instruction model in a folder: Llama's architecture, byte-level vocabulary, a strict chat template."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import AddedToken
from transformers import LlamaConfig, LlamaForCausalLM

from modeling.neural.vocabulary import learn_gpt2_vocabulary

TEMPLATE = (
    "{% for message in messages %}"
    "{% if loop.index0 > 0 and message.role != ['assistant', 'user'][loop.index0 % 2] and messages[0].role == 'system' %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEMPLATE_WITHOUT_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + TEMPLATE
)


def write_chat_backbone(folder: Path, texts: list[str], *, template: str | None = TEMPLATE) -> Path:
    """Write the model and its tokenizer and return the folder."""
    tokenizer = learn_gpt2_vocabulary(texts, size=400)
    marks = [AddedToken(mark, special=True) for mark in ("<|im_start|>", "<|im_end|>")]
    tokenizer.add_special_tokens({"additional_special_tokens": marks})
    tokenizer.eos_token = "<|im_end|>"
    tokenizer.chat_template = template
    torch.manual_seed(0)
    # More rows than the vocabulary has, as such models often have.
    config = LlamaConfig(
        vocab_size=len(tokenizer) + 3,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        pad_token_id=None,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
