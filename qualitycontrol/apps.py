"""The qualitycontrol room as a Django application."""

from django.apps import AppConfig


class QualityControlConfig(AppConfig):
    """See the package's docstring."""

    name = "qualitycontrol"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the collection room."""
        from qualitycontrol import receivers  # noqa: F401 - importing connects the receivers
