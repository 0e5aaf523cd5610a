"""Files that come with a report: checked by their content, cleaned of what they tell about their maker, sealed as they
are stored, swept when nobody sent them."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core.envelopes import KEY_BYTES
from core.files import cleaning
from core.files.kinds import KINDS, checked_size, file_kind, file_name, file_size
from core.ids import new_id
from core.outbox import Job
from intake.models import SealedFile
from intake.sealing import PIECE, open_file, seal_file
from intake.submission import StoredFile

MOST_FILES = 10
LARGEST = 20 * 1024 * 1024
REQUEST_LIMIT = 64 * 1024 * 1024
ABANDONED_AFTER = timedelta(hours=24)
IN_WORDS = _l("照片、视频、录音、PDF、Word、Excel 或文本")


def folder(data_dir: Path) -> Path:
    return data_dir / "attachments"


def store(upload: FileStorage, data_dir: Path) -> StoredFile:
    """Check, clean and seal one upload; FileRefused says which file and why."""
    name = file_name(upload.filename or "")
    size = checked_size(name, upload.stream, LARGEST)
    kind = file_kind(name, upload.stream, KINDS, IN_WORDS)
    stored = StoredFile(id=new_id(), name=name, kind=kind, size=size, key=secrets.token_hex(KEY_BYTES))
    if not cleaning.can_clean(kind):
        state = cleaning.clean(kind, b"").state
        return _sealed(replace(stored, hygiene=state), _pieces(upload.stream), data_dir)
    cleaned = cleaning.clean(kind, upload.stream.read())
    stored = replace(stored, size=len(cleaned.content), hygiene=cleaned.state, removed=" ".join(cleaned.found))
    return _sealed(stored, [cleaned.content], data_dir)


def store_original(upload: FileStorage, cleaned: StoredFile, data_dir: Path) -> StoredFile | None:
    """The file as it was sent, under a key of its own; None where the cleaned one is not another file."""
    if not (cleaning.can_clean(cleaned.kind) and cleaned.hygiene == cleaning.CLEANED):
        return None
    original = replace(
        cleaned,
        id=new_id(),
        key=secrets.token_hex(KEY_BYTES),
        size=file_size(upload.stream),
        hygiene=cleaning.AS_SENT,
        removed="",
        original_of=cleaned.id,
    )
    return _sealed(original, _pieces(upload.stream), data_dir)


def _sealed(stored: StoredFile, content: Iterable[bytes], data_dir: Path) -> StoredFile:
    path = folder(data_dir) / stored.id
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("xb") as target:
        seal_file(content, target, bytes.fromhex(stored.key))
    return stored


def pieces(file: StoredFile, data_dir: Path) -> Iterator[bytes]:
    """The plain bytes of a stored file, piece by piece."""
    with (folder(data_dir) / file.id).open("rb") as source:
        yield from open_file(source, bytes.fromhex(file.key))


def remove(file_id: str, data_dir: Path) -> None:
    (folder(data_dir) / file_id).unlink(missing_ok=True)


def sweep_abandoned(job: Job) -> None:
    """Delete files that belong to no report and have lain a day: drafts that nobody sent."""
    place = folder(job.settings.data_dir)
    known = set(job.session.scalars(select(SealedFile.id)))
    limit = (job.now - ABANDONED_AFTER).timestamp()
    for path in place.iterdir() if place.exists() else ():
        if path.name not in known and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def _pieces(stream: IO[bytes]) -> Iterable[bytes]:
    stream.seek(0)
    while piece := stream.read(PIECE):
        yield piece
