"""The only place that reads the environment. Every variable is in `.env.example` and `docs/reference/settings.md`.

The environment holds secrets and addresses; a number that could change a finding belongs to the protocol.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_WEAK = {"changeme", "change-me", "secret", "insecure", "password", "django-insecure"}


def text(name: str, default: str = "") -> str:
    """Return a variable, or the contents of the file that `<name>_FILE` names (Docker secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from error
    return os.environ.get(name, default)


def required(name: str) -> str:
    """Return a variable that must be set.

    Raises:
        ImproperlyConfigured: it is missing or empty.
    """
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example and docs/reference/settings.md.")
    return value


def secret(name: str) -> str:
    """Return a secret of at least 32 characters that is no well-known default.

    Raises:
        ImproperlyConfigured: it is missing, too short or a default.
    """
    value = required(name)
    if len(value) < 32 or any(weak in value.lower() for weak in _WEAK):
        raise ImproperlyConfigured(
            f"{name} is too weak: give it at least 32 random characters, for example from `openssl rand -base64 48`."
        )
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Return whether a variable is 1, true, yes or on.

    Raises:
        ImproperlyConfigured: it is neither that nor 0, false, no or off.
    """
    value = text(name).strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """Return a variable that is one of some words; the first of them if it is not set.

    Raises:
        ImproperlyConfigured: it is another word.
    """
    value = text(name).strip().lower() or allowed[0]
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; write one of: {', '.join(allowed)}.")
    return value


def number(name: str, default: int) -> int:
    """Return a whole number.

    Raises:
        ImproperlyConfigured: it is something else.
    """
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from None


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def named(prefix: str) -> dict[str, str]:
    """Return the variables that begin with `prefix`, by the rest of their name; `<name>_FILE` holds a path as always."""
    names = {
        name.removesuffix("_FILE").removeprefix(prefix) for name in os.environ if name.startswith(prefix)
    }
    return {name: text(prefix + name) for name in sorted(names) if name}


def database(url: str) -> dict[str, object]:
    """Return Django's settings of `postgresql://user:password@host:port/name`.

    Raises:
        ImproperlyConfigured: the address is not of that form.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def kept_secret(path: Path) -> str:
    """Return the secret in `path`, made at the first call and readable by its owner only.

    Raises:
        ImproperlyConfigured: the folder cannot be written.
    """
    try:
        return path.read_text(encoding="ascii").strip() if path.exists() else _new_secret(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path.parent} cannot be written ({error.strerror}). Choose another folder: ESC_VAR=/path make run"
        ) from error


def _new_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value + "\n")
    return value
