"""The tutorial room as a Django application."""

from django.apps import AppConfig


class TutorialConfig(AppConfig):
    """See the package's docstring."""

    name = "tutorial"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the study room."""
        from tutorial import receivers  # noqa: F401 - importing connects the receivers
