"""What a person wrote, made storable: normalised, bounded, without what cannot be shown."""

from __future__ import annotations

import unicodedata

from collection.domain.errors import TextEmpty, TextInvalid, TextTooLong


def clean_text(raw: str, *, max_length: int) -> str:
    """Return `raw` in Unicode's composed form, stripped, with only line breaks left of the control characters.

    Raises:
        TextEmpty: nothing is left.
        TextTooLong: more than `max_length` characters are left.
        TextInvalid: a lone surrogate, which is no character.
    """
    if any("\ud800" <= character <= "\udfff" for character in raw):
        raise TextInvalid
    unified = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in unified if c == "\n" or unicodedata.category(c) != "Cc")
    text = unicodedata.normalize("NFC", kept).strip()
    if not text or not any(unicodedata.category(c)[0] not in "ZC" for c in text):
        raise TextEmpty
    if len(text) > max_length:
        raise TextTooLong(
            f"This message has {len(text)} characters; at most {max_length} can be sent at once."
        )
    return text
