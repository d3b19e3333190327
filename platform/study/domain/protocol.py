"""The protocol: everything a study may vary, as frozen values read from data.

`parse` is strict: an unknown key, a missing one or a wrong type raises with the path of the entry.
Code holds how a rule works; the protocol holds which rules and how much.
Source: Liu et al. 2021; each entry of the files names its section.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform
from typing import Protocol as StructuralType

import msgspec
from msgspec import Meta, Struct

from study.domain.comparison_content import Comparison
from study.domain.consent_content import Consent
from study.domain.errors import ProtocolInvalid
from study.domain.exam_content import Item
from study.domain.resources_content import Resource, check_resources
from study.domain.risk import Detector
from study.domain.risk_content import RiskList
from study.domain.safety_content import Safety
from study.domain.tutorial_content import Tutorial, TutorialContent, check_taught

Positive = Annotated[int, Meta(gt=0)]
Seconds = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Key = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,48}$")]


# Options of a msgspec base reach its subclasses at run time; the decorator tells the type checker so.
@dataclass_transform(frozen_default=True, kw_only_default=True)
class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A table of the protocol; unknown keys raise."""


class Keyed(StructuralType):
    """Anything that carries a stable key."""

    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=Keyed)
FIRST_OWN_VERSION = 1001
"""Versions that a lab derives begin here; those below are left to the protocols that come with the platform, so that a
later release of it never meets a number that is taken."""


class Stage(Part):
    """One of the framework's three stages (§3.2)."""

    key: Key
    name: str
    definition: str
    source: str


class Strategy(Part):
    """One of the support strategies (§3.2, Appendix B)."""

    key: Key
    name: str
    corpus_label: str
    """The spelling of the published corpus."""
    token: str
    """The special token of the models (§6.1)."""
    stages: tuple[Key, ...]
    definition: str
    examples: tuple[str, ...]
    source: str


class Option(Part):
    """A choice of the pre-chat survey: a problem, an emotion or an experience origin."""

    key: Key
    name: str
    corpus_label: str
    source: str


class Scale(Part):
    """A labelled scale from 1 to the number of its points."""

    points: tuple[str, ...]
    source: str

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Pairs of value and label, 1 first."""
        return list(enumerate(self.points, start=1))

    def label(self, value: int) -> str:
        """Return the words of a value."""
        return self.points[value - 1]


class Scales(Part):
    """The scales of the surveys and of the feedback card."""

    intensity: Scale
    feedback: Scale
    empathy: Scale
    relevance: Scale
    detail: Scale


class PreChatTexts(Part):
    """Questions to the seeker before the conversation."""

    problem: str
    emotion: str
    intensity: str
    situation: str
    situation_help: str
    experience: str
    experience_help: str


class PostChatSeekerTexts(Part):
    """Questions to the seeker afterwards."""

    intensity: str
    intensity_help: str
    """May hold `{before}`, the words of the earlier answer."""
    empathy: str
    relevance: str
    ending: str
    ending_natural: str
    ending_sudden: str
    liked: str
    improve: str


class PostChatSupporterTexts(Part):
    """Questions to the supporter afterwards."""

    detail: str
    liked: str
    improve: str


class Surveys(Part):
    """The surveys' wording and limits."""

    situation_min_words: Positive
    situation_max_words: Positive
    pre_chat: PreChatTexts
    post_chat_seeker: PostChatSeekerTexts
    post_chat_supporter: PostChatSupporterTexts
    source: str


class ChatRules(Part):
    """Timings and limits of the conversation. Units are in the names."""

    finish_min_seeker_turns: int
    finish_min_seconds: Seconds
    feedback_every: Positive
    feedback_gate: Literal["soft", "hard"]
    partner_idle_seconds: Positive
    idle_nudge_seconds: Positive
    idle_question_seconds: Positive
    idle_extension_seconds: Seconds
    ready_check_seconds: Positive
    wait_cap_seconds: Positive
    presence_seconds: Positive
    max_seconds: Positive
    survey_window_seconds: Positive
    text_max_length: Annotated[int, Meta(gt=0, le=4000)]
    relabel_seconds: Seconds
    burst_messages: Positive
    burst_seconds: Positive
    allow_repeat_pairs: bool
    source: str
    conversations_max: Positive = 1
    """How many conversations one participation may hold: more than one lets whoever was left meet somebody else.
    Documents of an earlier day do not say; they knew one."""
    another_partner_seconds: Positive = 1800
    """How long the offer to look for another partner stands."""


class ParticipationRules(Part):
    """What holds from the arrival to the end."""

    idle_seconds: Positive
    """Whoever opens no page for so long, and neither waits nor sits in a conversation, is ended."""
    source: str
    repeat_after: tuple[str, ...] | None = None
    """Outcomes after which the same person may take part in the same task again; without the entry, after any."""

    def repeats(self, outcome: str) -> bool:
        """Return whether somebody whose earlier part ended with `outcome` may come again."""
        return self.repeat_after is None or outcome in self.repeat_after


class PreliminaryFilter(Part):
    """§4.3, Preliminary Filtering Mechanisms."""

    finished_by_seeker: bool
    min_utterances: int
    source: str


class WithoutSurvey(Part):
    """The branch for a conversation whose seeker left the post-chat survey out (§4.3)."""

    criteria: tuple[str, ...]
    last_feedback_count: Positive
    last_feedback_greater_than: int
    alternative_last_feedback_min: int
    source: str


class Approval(Part):
    """Table 1 with Appendix D: which criteria, how much, and how many of them."""

    supporter_criteria: tuple[str, ...]
    supporter_criteria_needed: int
    seeker_criteria: tuple[str, ...]
    empathy_min: int
    relevance_min: int
    supporter_mean_length_min: float
    improvement_min: int
    seeker_mean_length_min: float
    without_survey: WithoutSurvey
    source: str


class Review(Part):
    """§4.3, Annotation Correction."""

    reviewers_per_item: Positive
    adjudicate_above_share: Share
    sampled_share: Share
    blind_share: Share
    gold_share: Share
    lease_seconds: Positive
    second_intensity_reviewer_share: Share
    source: str


class Deidentification(Part):
    """What people do, besides the rules, so that a release identifies nobody."""

    human_pass: bool
    """Whether a conversation is released only after a person has read it for names, places and stories."""
    recall_share: Share
    """Of the conversations, read a second time from nothing."""
    recall_seed: int
    source: str


class Quality(Part):
    """What qualifies a conversation for the corpus."""

    filter: PreliminaryFilter
    approval: Approval
    review: Review
    deidentification: Deidentification = Deidentification(
        human_pass=False,
        recall_share=0.0,
        recall_seed=0,
        source="versions from before the pass do not ask for it",
    )


class Reward(Part):
    """Pay of one outcome: so many bases and so many bonuses."""

    outcome: str
    exit_status: Literal["", "00", "01", "02", "03"]
    base: int
    bonuses: int
    meaning: str
    role: Literal["", "seeker", "supporter"] = ""
    """For this role only; a row without a role is for whoever has no row of their own."""


class Rewards(Part):
    """The pay table. Amounts in the study's currency."""

    currency: str
    floor_per_hour: Decimal
    base: Decimal
    bonus: Decimal
    wait_per_minute: Decimal
    training: Decimal
    table: tuple[Reward, ...]
    source: str
    chat: Decimal = Decimal(0)
    """What each of a comparison's two conversations pays besides the outcome."""

    def row(self, outcome: str, *, role: str = "") -> Reward:
        """Return the row of an outcome: the role's own where the table has one.

        Raises:
            KeyError: the table has no such outcome.
        """
        fitting = [row for row in self.table if row.outcome == outcome and row.role in {"", role}]
        if not fitting:
            raise KeyError(outcome)
        return max(fitting, key=lambda row: row.role != "")

    def amount(self, outcome: str, *, role: str = "") -> Decimal:
        """Return what an outcome pays, without the wait and the training."""
        row = self.row(outcome, role=role)
        return row.base * self.base + row.bonuses * self.bonus


class Protocol(Part):
    """One version of a study's protocol."""

    name: str
    version: Positive
    title: str
    language: str
    source: str
    stages: tuple[Stage, ...]
    strategies: tuple[Strategy, ...]
    problems: tuple[Option, ...]
    emotions: tuple[Option, ...]
    experiences: tuple[Option, ...]
    scales: Scales
    surveys: Surveys
    chat: ChatRules
    participation: ParticipationRules
    quality: Quality
    rewards: Rewards
    tutorial: Tutorial
    items: tuple[Item, ...]
    """The tutorial's quiz and the exam's bank; read them through `tutorial_content`."""
    consent: Consent
    resources: tuple[Resource, ...]
    risk: tuple[RiskList, ...] = ()
    """Phrases that ask for care, one list per language; a version stored before there were any has none."""
    safety: Safety = Safety()
    extends: str = ""
    comparison: Comparison | None = None
    """Where seekers have two conversations and compare them (§6.5)."""
    rehearsal: bool = False
    """Whether the gates are shortened for scripted participants; such records are never released as real."""

    @cached_property
    def tutorial_content(self) -> TutorialContent:
        """The tutorial's pages together with their items."""
        return TutorialContent(tutorial=self.tutorial, items=self.items)

    @cached_property
    def detectors(self) -> tuple[Detector, ...]:
        """The lists of `risk`, compiled."""
        return tuple(Detector(risk_list) for risk_list in self.risk)

    @cached_property
    def strategies_by_key(self) -> dict[str, Strategy]:
        """Strategies under their keys."""
        return {strategy.key: strategy for strategy in self.strategies}

    def strategy(self, key: str) -> Strategy:
        """Return a strategy.

        Raises:
            KeyError: this protocol has no such strategy.
        """
        return self.strategies_by_key[key]

    def strategy_by_label(self, label: str) -> Strategy:
        """Return the strategy with the corpus label `label`.

        Raises:
            KeyError: this protocol has no such strategy.
        """
        return _by(self.strategies, "corpus_label", label)


def find(options: Sequence[K], key: str) -> K:
    """Return the option with a key.

    Raises:
        KeyError: none has it.
    """
    return _by(options, "key", key)


def _by(options: Sequence[K], attribute: str, value: str) -> K:
    for option in options:
        if getattr(option, attribute) == value:
            return option
    raise KeyError(value)


# msgspec compiles a type at its first use, and two threads that do so at once crash the process: so it is
# compiled here, where the import lets one thread in.
msgspec.json.Decoder(Protocol)


def parse(document: Mapping[str, Any]) -> Protocol:
    """Return the protocol that `document` describes.

    Raises:
        ProtocolInvalid: a key is unknown or missing, a value has the wrong type, or entries contradict each other.
            The message ends with the path of the entry.
    """
    try:
        protocol = msgspec.convert(document, Protocol, strict=True)
    except msgspec.ValidationError as error:
        raise ProtocolInvalid(str(error)) from error
    _check(protocol)
    return protocol


def digest(document: Mapping[str, Any]) -> str:
    """Return the sha256 of a document's canonical JSON (sorted keys, no white space)."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def text_digest(part: object) -> str:
    """Return the sha256 of tables and texts of the protocol, so that a record can say which it is about."""
    return hashlib.sha256(msgspec.json.encode(part, order="sorted")).hexdigest()


def merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with the tables of `change` laid over it; lists are replaced whole."""
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(old, value)
        else:
            merged[key] = value
    return merged


def _check(protocol: Protocol) -> None:
    for name in ("stages", "strategies", "problems", "emotions", "experiences"):
        _check_unique(name, [entry.key for entry in getattr(protocol, name)])
    _check_unique("strategies.corpus_label", [s.corpus_label for s in protocol.strategies])
    _check_unique("rewards.table", [f"{row.outcome} {row.role}".strip() for row in protocol.rewards.table])
    stages = {stage.key for stage in protocol.stages}
    for strategy in protocol.strategies:
        if unknown := set(strategy.stages) - stages:
            raise ProtocolInvalid(f"Unknown stage {min(unknown)!r} - at `$.strategies.{strategy.key}.stages`")
    if protocol.surveys.situation_min_words > protocol.surveys.situation_max_words:
        raise ProtocolInvalid("The least number of words is above the greatest - at `$.surveys`")
    _check_repeats(protocol)
    _check_approval(protocol.quality.approval)
    _check_tutorial(protocol)
    check_resources(protocol.resources)
    _check_unique("risk", [risk_list.language for risk_list in protocol.risk])


def _check_repeats(protocol: Protocol) -> None:
    known = {row.outcome for row in protocol.rewards.table}
    if unknown := set(protocol.participation.repeat_after or ()) - known:
        raise ProtocolInvalid(f"Unknown outcome {min(unknown)!r} - at `$.participation.repeat_after`")


def _check_tutorial(protocol: Protocol) -> None:
    try:
        content = protocol.tutorial_content
    except ValueError as error:
        raise ProtocolInvalid(f"{error} - at `$.tutorial`") from error
    check_taught(content.tutorial, stages=protocol.stages, strategies=protocol.strategies)


def _check_unique(name: str, keys: Sequence[str]) -> None:
    doubled = {key for key in keys if keys.count(key) > 1}
    if doubled:
        raise ProtocolInvalid(f"{min(doubled)!r} stands twice - at `$.{name}`")


def _check_approval(approval: Approval) -> None:
    if not 0 <= approval.supporter_criteria_needed <= len(approval.supporter_criteria):
        raise ProtocolInvalid(
            f"{approval.supporter_criteria_needed} of {len(approval.supporter_criteria)} criteria cannot be needed"
            " - at `$.quality.approval.supporter_criteria_needed`"
        )
