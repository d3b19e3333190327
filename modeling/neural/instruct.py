"""Instruction models: a piece as a chat in the model's own template, with strategies as tokens or as text.

Source: today's practice on this task (fine-tuned chat models with the strategy in brackets before the response);
definitions of the strategies after Liu et al. 2021, Appendix B.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from jinja2.exceptions import TemplateError
from transformers import PreTrainedTokenizerBase

from corpus.labels import STRATEGIES, Speaker
from corpus.record import Utterance
from modeling.domain.runfile import Run
from modeling.domain.variants import strategy_token
from modeling.errors import BackboneUnsuitable
from modeling.prompt_files import read_prompt


def _shorter(utterances: Sequence[Utterance]) -> Iterator[Sequence[Utterance]]:
    """Yield the utterances, ever fewer of the oldest, and then ever fewer words of the newest."""
    for first in range(len(utterances)):
        yield utterances[first:]
    words = utterances[-1].text.split()
    while len(words) > 1:
        words = words[len(words) // 2 :]
        yield [replace(utterances[-1], text=" ".join(words))]


class ChatCodec:
    """The encoding for instruction models: the chat template, then the strategy, the response and the end token."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, run: Run, strategy_ids: Sequence[int]) -> None:
        assert run.instruct is not None
        if tokenizer.chat_template is None:
            raise BackboneUnsuitable(
                f"{run.backbone.source} has no chat template; [instruct] needs an instruction model."
            )
        self._tokenizer = tokenizer
        self._prompt = read_prompt(run.instruct.prompt)
        self._uses_strategies = run.uses_strategies
        self._strategy_ids = dict(zip(STRATEGIES, strategy_ids, strict=True)) if strategy_ids else {}
        self._max_context_tokens = run.data.max_context_tokens
        self._end: int = tokenizer.eos_token_id
        # All of them: the tokenizer's list of special tokens forgets some when others are added.
        self._marks = sorted(
            {*tokenizer.get_added_vocab(), *tokenizer.all_special_tokens}, key=len, reverse=True
        )

    def context(self, utterances: Sequence[Utterance]) -> list[int]:
        """Return the chat so far, up to where the supporter's next message starts.

        Where it is too long, the oldest utterances are left out, then the first words of the newest; the system
        message always stays.

        Raises:
            BackboneUnsuitable: the model's template takes no such chat, or not even one word of it fits.
        """
        for said in _shorter(utterances):
            ids = self._render(self._messages(said))
            if len(ids) <= self._max_context_tokens:
                return ids
        raise BackboneUnsuitable(
            f"The prompt and one word take more than {self._max_context_tokens} tokens; raise max_context_tokens."
        )

    def strategy(self, strategy: str) -> list[int]:
        """Return the strategy's token, or its text's ids; nothing for a model without strategies."""
        if not self._uses_strategies:
            return []
        if self._strategy_ids:
            return [self._strategy_ids[strategy]]
        ids: list[int] = self._tokenizer.encode(strategy_token(strategy), add_special_tokens=False)
        return ids

    def response(self, text: str) -> list[int]:
        """Return the text's ids and the end token."""
        start = " " if self._uses_strategies else ""
        return [*self._tokenizer.encode(start + text, add_special_tokens=False), self._end]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text without special tokens."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True)).strip()

    def _messages(self, utterances: Sequence[Utterance]) -> list[dict[str, str]]:
        """Return alternating turns that begin and end with the seeker's, as most templates demand."""
        turns: list[dict[str, str]] = []
        for utterance in utterances:
            role = "user" if utterance.speaker is Speaker.SEEKER else "assistant"
            if turns and turns[-1]["role"] == role == "user":
                turns[-1]["content"] += f"\n{self._said(utterance)}"
                continue
            if role == "assistant" and (not turns or turns[-1]["role"] == "assistant"):
                turns.append({"role": "user", "content": self._prompt.silence})
            turns.append({"role": role, "content": self._said(utterance)})
        if turns[-1]["role"] == "assistant":
            turns.append({"role": "user", "content": self._prompt.silence})
        return turns

    def _said(self, utterance: Utterance) -> str:
        text = utterance.text
        for token in self._marks:
            text = text.replace(token, " ")  # a person may type the template's own marks
        if utterance.speaker is Speaker.SUPPORTER and self._uses_strategies and utterance.strategy:
            return f"{strategy_token(utterance.strategy)} {text}"
        return text

    def _render(self, turns: list[dict[str, str]]) -> list[int]:
        system = self._prompt.text(uses_strategies=self._uses_strategies)
        try:
            return self._apply([{"role": "system", "content": system}, *turns])
        except TemplateError:  # some templates know no system message
            first = {"role": "user", "content": f"{system}\n\n{turns[0]['content']}"}
            try:
                return self._apply([first, *turns[1:]])
            except TemplateError as error:
                raise BackboneUnsuitable(
                    f"The model's chat template refuses the conversation: {error}"
                ) from error

    def _apply(self, messages: list[dict[str, str]]) -> list[int]:
        text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False)
        return ids
