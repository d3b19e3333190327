"""What can be set, called or reached is documented."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from django.core.management import get_commands

from collection.domain.lifecycle import State as ConversationState
from collection.domain.lobby import TicketState
from collection.domain.safety import CaseState, Resolution
from modeling.domain.campaign_lifecycle import CampaignState, PairState
from modeling.domain.training_lifecycle import State as TrainingState
from modeling.domain.turn_lifecycle import TurnState
from qualitycontrol.domain.lifecycle import State as AssessmentState
from qualitycontrol.domain.release_job import JobState
from qualitycontrol.domain.review_lifecycle import ReviewState
from study.domain.comparison_content import Comparison, ComparisonQuestion
from study.domain.protocol import Approval, ChatRules, Protocol, Review, Rewards, WithoutSurvey
from study.domain.study_lifecycle import StudyState
from tutorial.domain.lifecycle import State as AttemptState

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
ROOMS = {"escplatform", "study", "tutorial", "collection", "qualitycontrol", "modeling"}


def variables() -> set[str]:
    """Return the environment variables that the settings read."""
    sources = [*(ROOT / "platform" / "escplatform" / "settings").glob("*.py")]
    read = r'env\.(?:text|required|secret|flag|number|words|choice)\(\s*"([A-Z_]+)"'
    return {name for path in sources for name in re.findall(read, path.read_text())}


def test_there_are_variables_to_document() -> None:
    assert {"ESC_SECRET_KEY", "DATABASE_URL", "REDIS_URL"} <= variables()


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_environment_variable_is_documented(name: str) -> None:
    assert f"`{name}`" in (REFERENCE / "settings.md").read_text()
    assert re.search(rf"^#? ?{name}=", (ROOT / ".env.example").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(n for n, app in get_commands().items() if app in ROOMS))
def test_every_command_is_documented(name: str) -> None:
    assert re.search(rf"`{name}[` ]", (REFERENCE / "commands.md").read_text())


def test_no_command_is_documented_that_does_not_exist() -> None:
    table = re.findall(r"^\| (.*?) \|", (REFERENCE / "commands.md").read_text(), re.MULTILINE)
    named = {name for cell in table for name in re.findall(r"`([a-z_]+)", cell)}
    assert named - {"command"} <= set(get_commands())


@pytest.mark.parametrize(
    "states",
    [
        StudyState,
        JobState,
        ConversationState,
        TicketState,
        CaseState,
        Resolution,
        AssessmentState,
        AttemptState,
        ReviewState,
        TrainingState,
        TurnState,
        CampaignState,
        PairState,
    ],
)
def test_every_state_is_documented(states: type[ConversationState]) -> None:
    text = (REFERENCE / "states.md").read_text()
    assert [state.value for state in states if f"`{state.value}`" not in text] == []


@pytest.mark.parametrize(
    "part", [Protocol, ChatRules, Approval, WithoutSurvey, Review, Rewards, Comparison, ComparisonQuestion]
)
def test_every_key_of_the_protocol_is_documented(part: type[msgspec.Struct]) -> None:
    text = (REFERENCE / "protocol.md").read_text()
    keys = set(part.__struct_fields__) - {"source"}
    assert sorted(key for key in keys if not re.search(rf"[`.]{key}[`.]", text)) == []
