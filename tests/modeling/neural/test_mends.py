"""What today's library does otherwise than the model's own time, and that it is put right."""

from __future__ import annotations

import json

from transformers import BlenderbotSmallConfig, BlenderbotSmallForConditionalGeneration

from modeling.neural.backbones import load_pretrained
from modeling.neural.mends import mend
from modeling.neural.setup import Prepared

HIDDEN = {
    "num_beams": 10,
    "min_length": 20,
    "no_repeat_ngram_size": 3,
    "length_penalty": 0.65,
    "max_length": 128,
}
"""What BlenderBot-small's published config.json carries."""


def make_folder(tmp_path, blender: Prepared):
    """Write a backbone as published: weights, tokenizer and a config with generation settings in it."""
    blender.backbone.tokenizer.save_pretrained(tmp_path)
    blender.backbone.model.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **HIDDEN}))
    (tmp_path / "generation_config.json").unlink()
    return tmp_path


def test_no_hidden_beam_search_is_left(tmp_path, blender: Prepared) -> None:
    model, _ = load_pretrained(str(make_folder(tmp_path, blender)))
    assert model.generation_config.num_beams == 10, "the library no longer hides settings: the mend can go"
    settings = mend(model).generation_config
    assert (settings.num_beams, settings.min_length, settings.no_repeat_ngram_size) == (1, 0, 0)
    assert settings.length_penalty == 1.0
    assert settings.max_length in {None, 20}  # the library's own default, which max_new_tokens replaces


def test_a_saved_checkpoint_hides_none_either(tmp_path, blender: Prepared) -> None:
    model, _ = load_pretrained(str(make_folder(tmp_path, blender)))
    mend(model).save_pretrained(tmp_path / "saved")
    again, _ = _load_model(tmp_path / "saved")
    assert again.generation_config.num_beams == 1
    assert not HIDDEN.keys() & json.loads((tmp_path / "saved" / "config.json").read_text()).keys()


def _load_model(folder):
    model = BlenderbotSmallForConditionalGeneration.from_pretrained(folder)
    return model, model.config


def test_the_decoder_scale_is_restored_once() -> None:
    config = BlenderbotSmallConfig(
        vocab_size=20, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=8, decoder_ffn_dim=8, max_position_embeddings=8, scale_embedding=True,
    )  # fmt: skip
    model = mend(mend(BlenderbotSmallForConditionalGeneration(config)))
    assert model.model.decoder.layernorm_embedding.eps == 1e-5 / 16
    assert model.model.encoder.layernorm_embedding.eps == 1e-5


def test_a_model_whose_embeddings_are_not_scaled_is_left_alone() -> None:
    config = BlenderbotSmallConfig(
        vocab_size=20, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=8, decoder_ffn_dim=8, max_position_embeddings=8, scale_embedding=False,
    )  # fmt: skip
    model = mend(BlenderbotSmallForConditionalGeneration(config))
    assert model.model.decoder.layernorm_embedding.eps == 1e-5
