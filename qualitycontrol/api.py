"""The qualitycontrol room's door."""

from qualitycontrol.funnel import Funnel, funnel, unassessed_count
from qualitycontrol.selectors import assessment_current, assessments_current
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.releases import ReleaseRefused, release_make

__all__ = [
    "Funnel",
    "ReleaseRefused",
    "assessment_current",
    "assessment_make",
    "assessments_current",
    "funnel",
    "release_make",
    "unassessed_count",
]
