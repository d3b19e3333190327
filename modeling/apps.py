"""The modelling room as a Django application: trainings that are started and followed in the browser.

The library beside it (`python -m modeling`) needs neither Django nor this module.
"""

from django.apps import AppConfig


class ModelingConfig(AppConfig):
    """See the module's docstring."""

    name = "modeling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        from modeling import receivers  # noqa: F401
