"""Vocabularies learned from texts."""

from __future__ import annotations

from modeling.neural.vocabulary import BLENDER_SPECIALS, learn_blender_vocabulary, learn_gpt2_vocabulary

TEXTS = [
    "i feel low today .",
    "what happened today ?",
    "i don't know , it's work .",
    "work is hard today .",
] * 5


def test_a_learned_blender_vocabulary_reads_its_texts_without_unknowns() -> None:
    tokenizer = learn_blender_vocabulary(TEXTS, size=120)
    assert tokenizer.convert_ids_to_tokens(range(5)) == list(BLENDER_SPECIALS)
    assert len(tokenizer) <= 120
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=False)
        assert tokenizer.unk_token_id not in ids
        assert tokenizer.decode(ids, clean_up_tokenization_spaces=True) == text.replace(" .", ".").replace(
            " ?", "?"
        ).replace(" ,", ",")


def test_frequent_words_become_one_token() -> None:
    tokenizer = learn_blender_vocabulary(TEXTS, size=120)
    assert tokenizer.tokenize("today") == ["today"]
    assert all(t.endswith("@@") for t in tokenizer.tokenize("toda")[:-1])


def test_a_learned_gpt2_vocabulary_reads_any_text() -> None:
    tokenizer = learn_gpt2_vocabulary(TEXTS, size=300)
    text = "today: Grüße \N{SLIGHTLY SMILING FACE}"
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text
    assert tokenizer.eos_token_id == 0
    assert len(tokenizer) <= 300
