"""What an opened report says: body, files, the words of its steps. Nothing here opens anything by itself."""

import json
from typing import Any

from sqlalchemy.orm import Session

from intake import case_keys
from intake.models import Report
from intake.sealing import CaseSecrets
from intake.submission import StoredFile


def body_of(report: Report, case: CaseSecrets) -> dict[str, Any]:
    """What the reporter told: place, accused, when, words, acts, and whether they gave their name."""
    content: dict[str, Any] = json.loads(case.read(report.sealed_body, "body") or "{}")
    return content


def texts_of(session: Session, report: Report, case: CaseSecrets | None) -> dict[str, str | None]:
    """The words of every step by their text_id; None where they are not for these eyes."""
    rows = case_keys.texts_of(session, report)
    if case is None:
        return dict.fromkeys(row.id for row in rows)
    return {row.id: case.read(row.sealed, f"event|{row.id}", is_shared=row.is_shared) for row in rows}


def files_of(session: Session, report: Report, case: CaseSecrets) -> list[StoredFile]:
    """What a handler may read; `with_originals` tells of which there is an original elsewhere."""
    return [file for file in _files(session, report, case) if not file.original_of]


def with_originals(session: Session, report: Report, case: CaseSecrets) -> frozenset[str]:
    """The ids of the files whose originals lie in the identity's envelope."""
    return frozenset(file.original_of for file in _files(session, report, case) if file.original_of)


def _files(session: Session, report: Report, case: CaseSecrets) -> list[StoredFile]:
    rows = case_keys.files_of(session, report)
    return [StoredFile(**json.loads(case.read(row.sealed_meta, f"file|{row.id}") or "{}")) for row in rows]


def identity_of(session: Session, report: Report, root: bytes) -> dict[str, Any] | None:
    """Who the reporter is (name, contact) and `originals` of their files; None where there is neither."""
    content: dict[str, Any] | None = json.loads(case_keys.read_identity(session, report, root))
    return content


def originals_of(session: Session, report: Report, root: bytes) -> list[StoredFile]:
    known = identity_of(session, report, root) or {}
    return [StoredFile(**one) for one in known.get("originals", [])]
