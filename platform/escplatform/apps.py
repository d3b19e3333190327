"""The composition root as a Django application: system checks, commands and what watches over the machinery."""

from django.apps import AppConfig


class EscplatformConfig(AppConfig):
    """See the package's docstring."""

    name = "escplatform"

    def ready(self) -> None:
        """Connect the receivers, keep marks of the periodic jobs, and report errors where a DSN is set."""
        from escplatform import error_reports, job_marks
        from escplatform.accounts import receivers  # noqa: F401

        job_marks.connect()
        error_reports.configure()
