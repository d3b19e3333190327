"""The composition root as a Django application: system checks and commands."""

from django.apps import AppConfig


class EscplatformConfig(AppConfig):
    """See the package's docstring."""

    name = "escplatform"

    def ready(self) -> None:
        """Connect the receivers."""
        from escplatform.accounts import receivers  # noqa: F401
