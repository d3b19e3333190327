"""Recruiting ids: encrypted for payment, hashed with a key for lookup, never in clear beside research data."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets

from cryptography.fernet import Fernet
from django.conf import settings


def keyed_hash(*parts: str) -> str:
    """Return a hash of `parts` that nobody without the identity key can make (hex, 64 characters)."""
    # JSON keeps ("ab", "c") and ("a", "bc") apart.
    message = json.dumps(parts, ensure_ascii=False).encode()
    return hmac.new(_key(b"lookup"), message, hashlib.sha256).hexdigest()


def encrypt(values: dict[str, str]) -> bytes:
    """Return the values encrypted under the identity key."""
    return Fernet(base64.urlsafe_b64encode(_key(b"encrypt"))).encrypt(json.dumps(values).encode())


def decrypt(token: bytes) -> dict[str, str]:
    """Return what `encrypt` was given.

    Raises:
        cryptography.fernet.InvalidToken: another key, or changed bytes.
    """
    plain = Fernet(base64.urlsafe_b64encode(_key(b"encrypt"))).decrypt(bytes(token))
    values: dict[str, str] = json.loads(plain)
    return values


def encrypt_text(text: str) -> str:
    """Return a text encrypted under the identity key, as text."""
    return encrypt({"text": text}).decode("ascii")


def decrypt_text(token: str) -> str:
    """Return what `encrypt_text` was given.

    Raises:
        cryptography.fernet.InvalidToken: another key, or changed text.
    """
    return decrypt(token.encode("ascii"))["text"]


def _key(purpose: bytes) -> bytes:
    return hmac.new(settings.IDENTITY_KEY.encode(), b"escplatform:" + purpose, hashlib.sha256).digest()


def new_visitor() -> str:
    """Return an id for somebody who came without one."""
    return secrets.token_urlsafe(16)
