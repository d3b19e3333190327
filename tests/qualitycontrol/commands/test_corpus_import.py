"""`manage.py corpus_import`: all or nothing, once."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from collection.api import Conversation
from corpus.esconv import to_esconv
from qualitycontrol.models import Assessment
from qualitycontrol.selectors import conversations_unassessed
from study.models import Study
from tests.qualitycontrol.factories import make_record

pytestmark = pytest.mark.django_db


def write(path: Path, *entries: object) -> Path:
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def test_a_file_is_imported_and_assessed(tmp_path: Path) -> None:
    good, short = to_esconv(make_record()), to_esconv(make_record(pairs=3))
    out = StringIO()
    call_command("corpus_import", str(write(tmp_path / "in.json", good, short)), stdout=out)
    assert out.getvalue().splitlines()[:3] == ["imported: 2", "filtered out: 1", "qualified: 1"]
    assert Study.objects.get().slug == "imported"
    assert conversations_unassessed(limit=10) == []


def test_a_second_import_is_refused_in_a_sentence(tmp_path: Path) -> None:
    source = write(tmp_path / "in.json", to_esconv(make_record()))
    call_command("corpus_import", str(source), stdout=StringIO())
    with pytest.raises(CommandError, match=r"in\.json was imported before") as caught:
        call_command("corpus_import", str(source), stdout=StringIO())
    assert caught.value.returncode == 1
    assert Conversation.objects.count() == 1


def test_nothing_of_a_malformed_file_is_imported(tmp_path: Path) -> None:
    bad = to_esconv(make_record()) | {
        "dialog": [{"speaker": "seeker", "annotation": {"feedback": 5}, "content": "a"}]
    }
    source = write(tmp_path / "in.json", to_esconv(make_record()), bad)
    with pytest.raises(CommandError, match=r"record 1, dialog\[0\]\.annotation\.feedback: expected a score"):
        call_command("corpus_import", str(source), stdout=StringIO())
    assert not Conversation.objects.exists()
    assert not Assessment.objects.exists()
