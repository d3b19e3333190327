#!/usr/bin/env python
"""Run the platform's commands: `python manage.py help`."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Put the rooms on the path and hand over to Django."""
    root = Path(__file__).resolve().parent
    # `platform/` holds packages but must never be one itself: it would shadow the standard library's `platform`.
    for folder in (root, root / "platform"):
        if str(folder) not in sys.path:
            sys.path.insert(1, str(folder))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escplatform.settings.embedded")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make install`, then `.venv/bin/python manage.py …`.")
    from django.core.exceptions import ImproperlyConfigured

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A setting is missing or wrong: the sentence says which; where the code noticed it helps nobody.
        sys.exit(f"Cannot start: {error}")


if __name__ == "__main__":
    main()
