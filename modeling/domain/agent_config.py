"""How an agent behaves and where its server is: the part of an agent that is written as a document.

The pace's defaults are ours; the paper says nothing of them. Decoding defaults are Liu et al. 2021, Appendix C.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from modeling.errors import AgentInvalid


class Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the agent speaks: it must be no faster than a reader and no slower than patience."""

    pause_seconds: float = 2.5
    """Silence after the seeker's last message or keystroke before an answer is made."""
    characters_per_second: float = 25.0
    """Speed of the typing that a seeker sees; the time that the model took counts."""
    longest_seconds: float = 6.0
    """The longest that typing is shown for one message."""
    another: float = 0.25
    """Chance that another message follows one's own at once, with a strategy of its own."""
    messages: int = 2
    """Messages in a row, at most."""


class Decoding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a server or a checkpoint draws its words."""

    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 30
    repetition_penalty: float = 1.03
    max_new_tokens: int = 64


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An OpenAI-compatible server."""

    base_url: str
    """Up to and without `/chat/completions`, for example `http://localhost:8000/v1`."""
    model: str
    key: str = ""
    """Name of the key: the variable `ESC_AGENT_KEY_<name>` holds it. Empty: the server wants none."""
    constraint: Literal["json_schema", "choice", "brackets"] = "json_schema"
    """How the strategy comes first: a JSON schema, a choice among eight and then the text, or "[Strategy] text"."""
    prompt: str = "support"
    """A file of `modeling/prompts/`."""


class AgentConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that an agent's version fixes besides its weights."""

    pace: Pace = Pace()
    decoding: Decoding = Decoding()
    numbers: Literal["int8", "fp32"] = "int8"
    """What a checkpoint computes in on a processor; an accelerator computes in its own."""
    server: Server | None = None
    goodbye: str = "Thank you for talking with me today. Take good care of yourself. Goodbye!"
    """Said when the seeker takes leave or the time is nearly over; empty: nothing is added."""


def parse_config(document: dict[str, Any]) -> AgentConfig:
    """Return the config that a document says.

    Raises:
        AgentInvalid: an unknown key, a wrong type, or a value out of range.
    """
    try:
        config = msgspec.convert(document, AgentConfig)
    except msgspec.ValidationError as error:
        raise AgentInvalid(f"The agent's configuration cannot be used: {error}.") from error
    for fits, sentence in _checks(config):
        if not fits:
            raise AgentInvalid(sentence)
    return config


def _checks(config: AgentConfig) -> list[tuple[bool, str]]:
    pace, decoding, server = config.pace, config.decoding, config.server
    checks = [
        (0 <= pace.pause_seconds <= 10, "The pause lies between 0 and 10 seconds."),
        (pace.characters_per_second > 0, "The typing speed is above 0 characters per second."),
        (0 <= pace.longest_seconds <= 10, "Typing is shown for 0 to 10 seconds."),
        (0 <= pace.another <= 1, "The chance of another message lies between 0 and 1."),
        (1 <= pace.messages <= 5, "An agent sends 1 to 5 messages in a row."),
        (0 < decoding.temperature <= 2, "A temperature lies above 0 and up to 2."),
        (0 < decoding.top_p <= 1, "top_p lies above 0 and up to 1."),
        (1 <= decoding.top_k <= 1000, "top_k lies between 1 and 1000."),
        (1 <= decoding.repetition_penalty <= 2, "A repetition penalty lies between 1 and 2."),
        (8 <= decoding.max_new_tokens <= 256, "A message has 8 to 256 new tokens at most."),
        (len(config.goodbye) <= 300, "The goodbye has 300 characters at most."),
    ]
    if server is not None:
        checks += [
            (
                server.base_url.startswith(("http://", "https://")),
                "The server's address begins with http:// or https://.",
            ),
            (
                server.key == "" or (server.key.isascii() and server.key.replace("_", "").isalnum()),
                "A key's name has letters, digits and underscores.",
            ),
            (server.model.strip() != "", "Name the server's model."),
            (
                server.prompt.replace("-", "").replace("_", "").isalnum(),
                "A prompt is the name of a file of modeling/prompts/.",
            ),
        ]
    return checks
