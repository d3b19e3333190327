"""What a person wrote, made storable: normalised, bounded, without what cannot be shown."""

from __future__ import annotations

import re
import unicodedata

from collection.domain.errors import TextEmpty, TextInvalid, TextTooLong

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""Unicode's category Cc without the line break."""


def clean_text(raw: str, *, max_length: int) -> str:
    """Return `raw` in Unicode's composed form, stripped, with only line breaks left of the control characters.

    Raises:
        TextEmpty: nothing is left.
        TextTooLong: more than `max_length` characters are left.
        TextInvalid: a lone surrogate, which is no character.
    """
    if _SURROGATE.search(raw):
        raise TextInvalid
    unified = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = unicodedata.normalize("NFC", _CONTROL.sub("", unified)).strip()
    if not any(unicodedata.category(c)[0] not in "ZC" for c in text):
        raise TextEmpty
    if len(text) > max_length:
        raise TextTooLong(
            f"This message has {len(text)} characters; at most {max_length} can be sent at once."
        )
    return text
