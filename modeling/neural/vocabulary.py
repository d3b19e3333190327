"""Vocabularies learned from a corpus, for backbones that start from random weights.

A laptop or a test run needs no download: a small byte-pair vocabulary of the training part takes the place of the
pretrained one, in the same form and handled by the same tokenizer classes.
Source: Sennrich et al. 2016 (byte-pair encoding); the file form of facebook/blenderbot_small-90M and of GPT-2.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, WhitespaceSplit
from tokenizers.trainers import BpeTrainer
from transformers import BlenderbotSmallTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

BLENDER_SPECIALS = ("__null__", "__start__", "__end__", "__unk__", "__newln__")
"""Ids 0 to 4 of the pretrained vocabulary: pad, start, end, unknown, new line."""

GPT2_END = "<|endoftext|>"
_END_OF_WORD = "</w>"


def learn_blender_vocabulary(texts: Iterable[str], *, size: int) -> PreTrainedTokenizerBase:
    """Return a BlenderBot-small tokenizer with at most `size` entries, the five special ones included."""
    learner = Tokenizer(BPE(end_of_word_suffix=_END_OF_WORD))
    learner.pre_tokenizer = WhitespaceSplit()
    trainer = BpeTrainer(
        vocab_size=size - len(BLENDER_SPECIALS), end_of_word_suffix=_END_OF_WORD, show_progress=False
    )
    learner.train_from_iterator(_blender_words(texts), trainer)
    model = json.loads(learner.to_str())["model"]
    entries = sorted(model["vocab"], key=model["vocab"].__getitem__)
    # The published form marks what continues ("th@@"), the learner what ends ("th</w>").
    written = [t.removesuffix(_END_OF_WORD) if t.endswith(_END_OF_WORD) else f"{t}@@" for t in entries]
    vocabulary = {token: i for i, token in enumerate((*BLENDER_SPECIALS, *written))}
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
        lines = "\n".join(["#version: 0.2", *merges, ""])
        (Path(folder) / "merges.txt").write_text(lines, encoding="utf-8")
        tokenizer: PreTrainedTokenizerBase = BlenderbotSmallTokenizer.from_pretrained(folder)
    return tokenizer


def _blender_words(texts: Iterable[str]) -> Iterator[str]:
    """Cut texts as the tokenizer's class does before it merges: lower case, punctuation apart."""
    for text in texts:
        spaced = re.sub(r"(')", r" \1 ", re.sub(r"([.,!?()])", r" \1 ", text.lower()))
        yield " ".join(spaced.split())


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
