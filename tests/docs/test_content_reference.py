"""Tests that the reference names every key of the worded content."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from study.domain import (
    consent_content,
    exam_content,
    resources_content,
    risk_content,
    safety_content,
    tutorial_content,
)

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"

TUTORIAL = [
    tutorial_content.Tutorial,
    tutorial_content.Subtask,
    tutorial_content.Excerpt,
    tutorial_content.Contrast,
    tutorial_content.SafetyPage,
    exam_content.Turn,
    exam_content.ExamRule,
    exam_content.Item,
    exam_content.Option,
]
CONSENT = [
    consent_content.Consent,
    consent_content.MonitoringTexts,
    consent_content.Section,
    consent_content.Tick,
    resources_content.Resource,
]
SAFETY = [
    risk_content.RiskList,
    risk_content.RiskRule,
    safety_content.Safety,
    safety_content.RespondWithin,
    safety_content.SupporterCare,
    safety_content.Retention,
]


@pytest.mark.parametrize(
    ("page", "entries"),
    [("tutorial-content.md", TUTORIAL), ("consent-and-resources.md", CONSENT), ("safety.md", SAFETY)],
)
def test_every_key_is_explained(page: str, entries: list[type[msgspec.Struct]]) -> None:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    keys = {field.encode_name for entry in entries for field in msgspec.structs.fields(entry)}
    assert {key for key in keys if f"`{key}`" not in text} == set()


@pytest.mark.parametrize("names", [exam_content.ItemKind, exam_content.ItemUse, tutorial_content.SubtaskKind])
def test_every_value_of_a_fixed_choice_is_explained(names: type[StrEnum]) -> None:
    text = (REFERENCE / "tutorial-content.md").read_text(encoding="utf-8")
    assert {name.value for name in names if f"`{name.value}`" not in text} == set()


@pytest.mark.parametrize("names", [risk_content.Tier, risk_content.Voice])
def test_every_tier_and_voice_is_explained(names: type[StrEnum]) -> None:
    text = (REFERENCE / "safety.md").read_text(encoding="utf-8")
    assert {name.value for name in names if f"`{name.value}`" not in text} == set()
