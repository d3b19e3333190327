"""BlenderBot-small written down plainly, from its weights alone: what the library's model must compute.

One conversation at a time, no padding, no cache, no attention kernels. Embeddings are scaled by the root of the width
on both sides, as when the model was trained; layer norm follows each sum.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional


class PlainBlender:
    """The model's arithmetic in float64."""

    def __init__(self, weights: Mapping[str, Tensor], *, heads: int) -> None:
        self.weights = {name: tensor.double() for name, tensor in weights.items()}
        self.heads = heads

    def logits(self, source: Sequence[int], decoder: Sequence[int]) -> Tensor:
        """Return (T, V) for a context and the decoder's input."""
        memory = self._stack("model.encoder", self._embed("model.encoder", source), memory=None)
        out = self._stack("model.decoder", self._embed("model.decoder", decoder), memory=memory)
        return out @ self.weights["model.shared.weight"].T + self.weights["final_logits_bias"][0]

    def nll(self, source: Sequence[int], target: Sequence[int], *, start: int) -> Tensor:
        """Return (T,) the negative log-likelihood of each target id."""
        logits = self.logits(source, [start, *target[:-1]])
        return functional.cross_entropy(logits, torch.tensor(target), reduction="none")

    def _embed(self, side: str, ids: Sequence[int]) -> Tensor:
        table = self.weights["model.shared.weight"]
        x = table[list(ids)] * math.sqrt(table.shape[1])
        positions = self.weights[f"{side}.embed_positions.weight"][: len(ids)]
        # The encoder normalises the sum with the positions, the decoder the tokens alone.
        if side.endswith("encoder"):
            return self._norm(f"{side}.layernorm_embedding", x + positions)
        return self._norm(f"{side}.layernorm_embedding", x) + positions

    def _stack(self, side: str, x: Tensor, *, memory: Tensor | None) -> Tensor:
        layer = 0
        while f"{side}.layers.{layer}.fc1.weight" in self.weights:
            name = f"{side}.layers.{layer}"
            attended = self._attend(f"{name}.self_attn", x, x, causal=memory is not None)
            x = self._norm(f"{name}.self_attn_layer_norm", x + attended)
            if memory is not None:
                attended = self._attend(f"{name}.encoder_attn", x, memory, causal=False)
                x = self._norm(f"{name}.encoder_attn_layer_norm", x + attended)
            hidden = functional.gelu(self._linear(f"{name}.fc1", x))
            x = self._norm(f"{name}.final_layer_norm", x + self._linear(f"{name}.fc2", hidden))
            layer += 1
        return x

    def _attend(self, name: str, x: Tensor, memory: Tensor, *, causal: bool) -> Tensor:
        def split(tensor: Tensor) -> Tensor:
            return tensor.view(len(tensor), self.heads, -1).transpose(0, 1)

        q, k, v = (
            split(self._linear(f"{name}.{p}_proj", t)) for p, t in (("q", x), ("k", memory), ("v", memory))
        )
        scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[2])
        if causal:
            scores = scores + torch.full(scores.shape[1:], -torch.inf, dtype=scores.dtype).triu(1)
        joined = (scores.softmax(dim=2) @ v).transpose(0, 1).reshape(len(x), -1)
        return self._linear(f"{name}.out_proj", joined)

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _norm(self, name: str, x: Tensor) -> Tensor:
        centred = x - x.mean(dim=-1, keepdim=True)
        scale = (centred.pow(2).mean(dim=-1, keepdim=True) + 1e-5).sqrt()
        return centred / scale * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
