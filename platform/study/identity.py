"""Recruiting ids: encrypted for payment, hashed with a key for lookup, never in clear beside research data."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def keyed_hash(*parts: str) -> str:
    """Return a hash of `parts` that nobody without the identity key can make (hex, 64 characters)."""
    # JSON keeps ("ab", "c") and ("a", "bc") apart.
    message = json.dumps(parts, ensure_ascii=False).encode()
    key = _derived(settings.LOOKUP_KEY or settings.IDENTITY_KEY, b"lookup")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def encrypt(values: dict[str, str]) -> bytes:
    """Return the values encrypted under the identity key."""
    return _ring().encrypt(json.dumps(values).encode())


def decrypt(token: bytes) -> dict[str, str]:
    """Return what `encrypt` was given, under the current key or one that is being retired.

    Raises:
        cryptography.fernet.InvalidToken: another key, or changed bytes.
    """
    plain = _ring().decrypt(bytes(token))
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


def is_current(token: bytes) -> bool:
    """Return whether the token is encrypted under the current key."""
    try:
        _fernet(settings.IDENTITY_KEY).decrypt(bytes(token))
    except InvalidToken:
        return False
    return True


def reencrypt(token: bytes) -> bytes:
    """Return the same content encrypted under the current key.

    Raises:
        cryptography.fernet.InvalidToken: no key that is set opens it.
    """
    return _ring().encrypt(_ring().decrypt(bytes(token)))


def _ring() -> MultiFernet:
    # The first key encrypts; every key decrypts.
    return MultiFernet([_fernet(key) for key in (settings.IDENTITY_KEY, *settings.IDENTITY_KEYS_OLD)])


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(key, b"encrypt")))


def _derived(key: str, purpose: bytes) -> bytes:
    return hmac.new(key.encode(), b"escplatform:" + purpose, hashlib.sha256).digest()


def new_visitor() -> str:
    """Return an id for somebody who came without one."""
    return secrets.token_urlsafe(16)
