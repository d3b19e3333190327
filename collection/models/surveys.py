"""The surveys before and after a conversation.

The pre-chat survey has a table of its own that no read on the supporter's side touches: the seeker's state
is unknown to the supporter (§3.1).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from collection.models.conversation import Conversation
from study.models import Participation


class PreChatSurvey(models.Model):
    """What the seeker said before the conversation (§4.2).

    Personal data: a description of a personal problem; erased on withdrawal, released only after de-identification.
    """

    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, null=True, blank=True, related_name="pre_chat_surveys"
    )
    conversation = models.OneToOneField(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="pre_chat_survey"
    )
    """The conversation it led to; set at pairing."""
    carried_over = models.BooleanField(default=False)
    """The answers were given before an earlier conversation, in which the seeker was left, and not asked for again."""
    problem = models.CharField(max_length=100)
    """Key of the protocol's problem; for an import its label as published."""
    emotion = models.CharField(max_length=100)
    experience = models.CharField(max_length=100)
    intensity_before = models.PositiveSmallIntegerField()
    situation = models.TextField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(intensity_before__range=(1, 5)), name="pre_chat_intensity_range"
            ),
            models.CheckConstraint(
                condition=Q(participation__isnull=False) | Q(conversation__isnull=False),
                name="pre_chat_has_owner",
            ),
            # Answers that wait for their conversation: one set for each participation.
            models.UniqueConstraint(
                fields=["participation"],
                condition=Q(conversation__isnull=True),
                name="pre_chat_one_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["problem", "conversation"], name="pre_chat_by_problem"),
            models.Index(fields=["emotion", "conversation"], name="pre_chat_by_emotion"),
        ]

    def __str__(self) -> str:
        return f"pre-chat survey {self.pk}"


class SeekerSurvey(models.Model):
    """What the seeker said afterwards (§4.2). For an import any answer may be missing.

    Personal data: ratings and open answers; open answers are erased on withdrawal.
    """

    conversation = models.OneToOneField(Conversation, on_delete=models.PROTECT, related_name="seeker_survey")
    intensity_after = models.PositiveSmallIntegerField(null=True, blank=True)
    empathy = models.PositiveSmallIntegerField(null=True, blank=True)
    relevance = models.PositiveSmallIntegerField(null=True, blank=True)
    ending = models.CharField(max_length=10, blank=True)
    """"natural" or "sudden"."""
    liked = models.TextField(blank=True)
    improve = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(intensity_after__isnull=True) | Q(intensity_after__range=(1, 5)),
                name="seeker_survey_intensity_range",
            ),
            models.CheckConstraint(
                condition=Q(empathy__isnull=True) | Q(empathy__range=(1, 5)),
                name="seeker_survey_empathy_range",
            ),
            models.CheckConstraint(
                condition=Q(relevance__isnull=True) | Q(relevance__range=(1, 5)),
                name="seeker_survey_relevance_range",
            ),
        ]

    def __str__(self) -> str:
        return f"seeker's survey of {self.conversation_id}"


class SupporterSurvey(models.Model):
    """What the supporter said afterwards (§4.1).

    Personal data: a rating and open answers; open answers are erased on withdrawal.
    """

    conversation = models.OneToOneField(
        Conversation, on_delete=models.PROTECT, related_name="supporter_survey"
    )
    detail = models.PositiveSmallIntegerField(null=True, blank=True)
    """How far the seeker went into detail. 0 occurs in the published corpus only."""
    liked = models.TextField(blank=True)
    improve = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(detail__isnull=True) | Q(detail__range=(0, 5)),
                name="supporter_survey_detail_range",
            )
        ]

    def __str__(self) -> str:
        return f"supporter's survey of {self.conversation_id}"
