"""Prompts: what a model that takes instructions is told, from a file of `modeling/prompts/`.

Definitions of the strategies after Liu et al. 2021, Appendix B.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from corpus.labels import STRATEGIES
from modeling.domain.variants import strategy_token
from modeling.errors import RunFileInvalid

PROMPTS = Path(__file__).parent / "prompts"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an instruction model is told."""

    system: str
    with_strategies: str
    silence: str
    definitions: dict[str, str]

    def text(self, *, uses_strategies: bool) -> str:
        """Return the system message."""
        if not uses_strategies:
            return self.system.strip()
        lines = "\n".join(f"{strategy_token(s)} {self.definitions[s]}" for s in STRATEGIES)
        return f"{self.system.strip()}\n{self.with_strategies.strip().format(strategies=lines)}"


def list_prompts() -> list[str]:
    """Return the names of the prompts that come with the project."""
    return sorted(path.stem for path in PROMPTS.glob("*.toml"))


def read_prompt(name: str) -> Prompt:
    """Read a prompt of `modeling/prompts/` by name, or any by path.

    Raises:
        RunFileInvalid: there is none, or it lacks a part.
    """
    path = PROMPTS / f"{name}.toml" if (PROMPTS / f"{name}.toml").is_file() else Path(name)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        definitions = {strategy: str(document["definitions"][strategy]) for strategy in STRATEGIES}
        return Prompt(
            system=document["system"],
            with_strategies=document["with_strategies"],
            silence=document["silence"],
            definitions=definitions,
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise RunFileInvalid(
            f"The prompt {name!r} cannot be used ({error}); copy modeling/prompts/support.toml and change its texts."
        ) from error
