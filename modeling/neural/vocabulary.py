"""Vocabularies learned from a corpus, for backbones that start from random weights.

A laptop or a test run needs no download: a small byte-pair vocabulary of the training part takes the place of the
pretrained one, in the same form and handled by the same tokenizer classes.
Source: Sennrich et al. 2016 (byte-pair encoding); the file form of facebook/blenderbot_small-90M and of GPT-2.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from transformers import BlenderbotSmallTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from modeling.domain.bpe import END_OF_WORD, learn_merges

BLENDER_SPECIALS = ("__null__", "__start__", "__end__", "__unk__", "__newln__")
"""Ids 0 to 4 of the pretrained vocabulary: pad, start, end, unknown, new line."""

GPT2_END = "<|endoftext|>"


def learn_blender_vocabulary(texts: Iterable[str], *, size: int) -> PreTrainedTokenizerBase:
    """Return a BlenderBot-small tokenizer with at most `size` entries, the five special ones included."""
    words = Counter(word for text in texts for word in _blender_words(text))
    symbols, merges = learn_merges(words, entries=size - len(BLENDER_SPECIALS))
    # The published form marks what continues ("th@@"), the merges what ends ("th</w>").
    written = [s.removesuffix(END_OF_WORD) if s.endswith(END_OF_WORD) else f"{s}@@" for s in symbols]
    vocabulary = {token: i for i, token in enumerate((*BLENDER_SPECIALS, *written))}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
        lines = "\n".join(["#version: 0.2", *(" ".join(pair) for pair in merges), ""])
        (Path(folder) / "merges.txt").write_text(lines, encoding="utf-8")
        tokenizer: PreTrainedTokenizerBase = BlenderbotSmallTokenizer.from_pretrained(folder)
    return tokenizer


def _blender_words(text: str) -> list[str]:
    """Cut a text as the tokenizer's class does before it merges: lower case, punctuation apart."""
    return re.sub(r"([.,!?()'])", r" \1 ", text.lower()).split()


def learn_gpt2_vocabulary(texts: Iterable[str], *, size: int) -> PreTrainedTokenizerBase:
    """Return a byte-level tokenizer as GPT-2's, with at most `size` entries."""
    learner = Tokenizer(BPE())
    learner.pre_tokenizer = ByteLevel(add_prefix_space=False)
    learner.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=[GPT2_END],
        initial_alphabet=ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=learner,
        bos_token=GPT2_END,
        eos_token=GPT2_END,
        unk_token=GPT2_END,
        pad_token=GPT2_END,
    )
