"""Files that come with a report: checked by their content, cleaned of what they tell about their maker, sealed as they
are stored, swept when nobody sent them."""

import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core import virus_scan
from core.envelopes import KEY_BYTES
from core.files import apart, cleaning
from core.files.kinds import KINDS, TEXTS, FileRefused, checked_size, file_kind, file_name, file_size
from core.ids import new_id
from core.outbox import Job
from intake.models import SealedFile
from intake.saved_drafts import files_of_all
from intake.sealing import PIECE, open_file, seal_file
from intake.submission import StoredFile

MB = 1024 * 1024
MOST_FILES = 10
LARGEST = 50 * MB
MOST_OF_A_REPORT = 500 * MB
REQUEST_LIMIT = 1024 * 1024 * 1024  # more than is taken, so that what is too large can be named instead of cut off
KEPT_FREE = 1024 * 1024 * 1024
ABANDONED_AFTER = timedelta(hours=24)
IN_WORDS = _l("照片、视频、录音、PDF、Word、Excel 或文本")


def folder(data_dir: Path) -> Path:
    return data_dir / "attachments"


def store(upload: FileStorage, data_dir: Path, *, held: int = 0, clamd: str | None = None) -> StoredFile:
    """Check, clean and seal one upload, piece by piece; FileRefused says which file and why.

    `held` is how many bytes the report has already, `clamd` a scanner to be asked.
    What cannot be cleaned is kept as it was sent.
    """
    name = file_name(upload.filename or "")
    size = checked_size(name, upload.stream, LARGEST)
    kind = file_kind(name, upload.stream, KINDS, IN_WORDS)
    _must_have_room(name, held + size, data_dir)
    scan = _scanned(name, upload.stream, clamd)
    stored = StoredFile(id=new_id(), name=name, kind=kind, size=size, key=secrets.token_hex(KEY_BYTES), scan=scan)
    if cleaning.can_clean(kind):
        with suppress(apart.NotCleaned):
            return _cleaned(stored, upload.stream, data_dir)
    state = cleaning.AS_SENT if kind not in TEXTS else cleaning.CLEANED
    return _sealed(replace(stored, hygiene=state), _pieces(upload.stream), data_dir)


def _cleaned(stored: StoredFile, stream: IO[bytes], data_dir: Path) -> StoredFile:
    with apart.cleaned(stored.kind, _pieces(stream)) as done:
        removed = " ".join(done.found)
        cleaned = replace(stored, size=done.size, hygiene=cleaning.CLEANED, removed=removed)
        return _sealed(cleaned, done.pieces, data_dir)


def _scanned(name: str, stream: IO[bytes], clamd: str | None) -> str:
    """Refused where a virus is found; where the scanner is away the file is taken, because it is evidence."""
    if clamd is None:
        return ""
    verdict = virus_scan.scan(clamd, _pieces(stream))
    if verdict.state == virus_scan.INFECTED:
        raise FileRefused(
            _l(
                "“%(name)s”里查出病毒（%(virus)s），没有接收。文件本身就是证据的，请在经过里写明，办理部门会告诉您怎么交。",
                name=name,
                virus=verdict.virus,
            )
        )
    return verdict.state


def _must_have_room(name: str, together: int, data_dir: Path) -> None:
    if together > MOST_OF_A_REPORT:
        most = MOST_OF_A_REPORT // 1024 // 1024
        raise FileRefused(_l("一份举报的附件合计不超过 %(n)s MB，“%(name)s”没有接收。", n=most, name=name))
    if shutil.disk_usage(data_dir).free < KEPT_FREE:
        raise FileRefused(
            _l("服务器的存储空间不够，“%(name)s”没有接收。举报可以照常提交，附件过几天凭查询码补交。", name=name)
        )


def store_original(upload: FileStorage, cleaned: StoredFile, data_dir: Path, *, held: int = 0) -> StoredFile | None:
    """The file as it was sent, under a key of its own; None where the cleaned one is not another file."""
    if not (cleaning.can_clean(cleaned.kind) and cleaned.hygiene == cleaning.CLEANED):
        return None
    _must_have_room(cleaned.name, held + file_size(upload.stream), data_dir)
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
    try:
        with path.open("xb") as target:
            seal_file(content, target, bytes.fromhex(stored.key))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return stored


def pieces(file: StoredFile, data_dir: Path) -> Iterator[bytes]:
    """The plain bytes of a stored file, piece by piece."""
    with (folder(data_dir) / file.id).open("rb") as source:
        yield from open_file(source, bytes.fromhex(file.key))


def held_by(file_ids: Iterable[str], data_dir: Path) -> int:
    """How many bytes these files take on the disk."""
    paths = [folder(data_dir) / one for one in file_ids]
    return sum(path.stat().st_size for path in paths if path.exists())


def remove(file_id: str, data_dir: Path) -> None:
    (folder(data_dir) / file_id).unlink(missing_ok=True)


def sweep_abandoned(job: Job) -> None:
    """Delete files that belong to no report and to no draft put aside, and have lain a day."""
    place = folder(job.settings.data_dir)
    known = {*job.session.scalars(select(SealedFile.id)), *files_of_all(job.session)}
    limit = (job.now - ABANDONED_AFTER).timestamp()
    for path in place.iterdir() if place.exists() else ():
        if path.name not in known and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


def _pieces(stream: IO[bytes]) -> Iterable[bytes]:
    stream.seek(0)
    while piece := stream.read(PIECE):
        yield piece
