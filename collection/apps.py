"""The collection room as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """See the package's docstring."""

    name = "collection"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the study room."""
        from collection import receivers  # noqa: F401 - importing connects the receivers
