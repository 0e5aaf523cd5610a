"""Files as they come with a page: the good ones sealed, the others named with the reason."""

from collections.abc import Iterable
from pathlib import Path

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from core.files.kinds import FileRefused
from intake import attachments
from intake.submission import StoredFile


def received(
    uploads: Iterable[FileStorage | str] | None,
    data_dir: Path,
    *,
    files: int = 0,
    held: int = 0,
    originals: bool = False,
    clamd: str | None = None,
) -> tuple[list[StoredFile], list[str]]:
    """What was sealed, each original behind its file, and a sentence for each that was not taken.

    `files` and `held` are how many files and bytes there are already. Slow: comes before the first statement.
    """
    stored: list[StoredFile] = []
    problems: list[str] = []
    for upload in uploads or []:
        if not isinstance(upload, FileStorage) or not upload.filename:
            continue
        if files + sum(not one.original_of for one in stored) >= attachments.MOST_FILES:
            problems.append(
                _("最多 %(n)s 个文件，“%(name)s”没有接收。", n=attachments.MOST_FILES, name=upload.filename)
            )
            continue
        try:
            stored += _with_original(upload, data_dir, held + sum(one.size for one in stored), originals, clamd)
        except FileRefused as refusal:
            problems.append(str(refusal.message))
    return stored, problems


def _with_original(
    upload: FileStorage, data_dir: Path, held: int, originals: bool, clamd: str | None
) -> list[StoredFile]:
    file = attachments.store(upload, data_dir, held=held, clamd=clamd)
    original = attachments.store_original(upload, file, data_dir, held=held + file.size) if originals else None
    return [file, original] if original else [file]
