"""The study room as a Django application."""

from django.apps import AppConfig


class StudyConfig(AppConfig):
    """See the package's docstring."""

    name = "study"
    default_auto_field = "django.db.models.BigAutoField"
