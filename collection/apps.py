"""The collection room as a Django application."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """See the package's docstring."""

    name = "collection"
    default_auto_field = "django.db.models.BigAutoField"
