"""A tiny model of each of many architectures of the transformers library, with random weights."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers as hf

Made = tuple[torch.nn.Module, dict[str, Any]]

WIDTH = 16
LAYERS: dict[str, Any] = {
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
}
WORDS = 30
TEXT: dict[str, Any] = {
    **LAYERS,
    "vocab_size": WORDS,
    "max_position_embeddings": 32,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
SPEAKS: dict[str, Any] = {
    "vocab_size": WORDS,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
}


def words(length: int = 6) -> torch.Tensor:
    return torch.randint(3, WORDS, (1, length))


def speech() -> dict[str, Any]:
    return {"input_ids": words(), "labels": words()}


def image(size: int = 16) -> dict[str, Any]:
    return {"pixel_values": torch.randn(1, 3, size, size), "labels": torch.tensor([1])}


def resnet() -> Made:
    config = hf.ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], num_labels=3)
    return hf.ResNetForImageClassification(config), image(32)


def vit() -> Made:
    config = hf.ViTConfig(image_size=16, patch_size=8, num_labels=3, **LAYERS)
    return hf.ViTForImageClassification(config), image()


def swin() -> Made:
    config = hf.SwinConfig(
        image_size=16,
        patch_size=2,
        embed_dim=8,
        depths=[1, 1],
        num_heads=[1, 2],
        window_size=2,
        num_labels=3,
    )
    return hf.SwinForImageClassification(config), image()


def convnext() -> Made:
    config = hf.ConvNextConfig(hidden_sizes=[8, 16], depths=[1, 1], num_stages=2, num_labels=3)
    return hf.ConvNextForImageClassification(config), image(32)


def bert() -> Made:
    return hf.BertForMaskedLM(hf.BertConfig(**TEXT)), speech()


def distilbert() -> Made:
    config = hf.DistilBertConfig(
        vocab_size=WORDS, dim=WIDTH, n_layers=2, n_heads=2, hidden_dim=24, pad_token_id=0
    )
    given = {"input_ids": words(), "labels": torch.tensor([1])}
    return hf.DistilBertForSequenceClassification(config), given


def gpt2() -> Made:
    config = hf.GPT2Config(
        vocab_size=WORDS, n_positions=32, n_embd=WIDTH, n_layer=2, n_head=2, bos_token_id=1,
        eos_token_id=2,
    )  # fmt: skip
    return hf.GPT2LMHeadModel(config), speech()


def llama() -> Made:
    return hf.LlamaForCausalLM(hf.LlamaConfig(num_key_value_heads=1, **TEXT)), speech()


def mixtral() -> Made:
    config = hf.MixtralConfig(num_key_value_heads=1, num_local_experts=3, **TEXT)
    return hf.MixtralForCausalLM(config), speech()


def mamba() -> Made:
    config = hf.MambaConfig(
        vocab_size=WORDS, hidden_size=WIDTH, state_size=4, num_hidden_layers=2
    )  # fmt: skip
    return hf.MambaForCausalLM(config), speech()


def t5() -> Made:
    config = hf.T5Config(
        d_model=WIDTH, d_kv=8, d_ff=24, num_layers=2, num_heads=2, **SPEAKS
    )  # fmt: skip
    return hf.T5ForConditionalGeneration(config), speech()


def whisper() -> Made:
    config = hf.WhisperConfig(
        d_model=WIDTH,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=24,
        decoder_ffn_dim=24,
        num_mel_bins=8,
        max_source_positions=10,
        max_target_positions=10,
        **SPEAKS,
    )
    given = {"input_features": torch.randn(1, 8, 20), "labels": words()}
    return hf.WhisperForConditionalGeneration(config), given


def clip() -> Made:
    config = hf.CLIPConfig(
        text_config={"projection_dim": 8, **TEXT},
        vision_config={"image_size": 16, "patch_size": 8, "projection_dim": 8, **LAYERS},
        projection_dim=8,
    )
    given = {"input_ids": words(), "pixel_values": torch.randn(1, 3, 16, 16), "return_loss": True}
    return hf.CLIPModel(config), given


def wav2vec2() -> Made:
    config = hf.Wav2Vec2Config(
        vocab_size=WORDS,
        conv_dim=(8, 8),
        conv_stride=(5, 2),
        conv_kernel=(10, 3),
        num_feat_extract_layers=2,
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
        mask_time_length=2,
        **LAYERS,
    )
    return hf.Wav2Vec2ForCTC(config), {"input_values": torch.randn(1, 400), "labels": words(4)}


ARCHITECTURES: tuple[Callable[[], Made], ...] = (
    resnet, vit, swin, convnext, bert, distilbert, gpt2, llama, mixtral, mamba, t5, whisper, clip,
    wav2vec2,
)  # fmt: skip
