"""Daily packages: everything public, and what changed on a day. Made by the worker, never served once they are stale.

Stale is a package that holds a record which has been taken out since. It is not served from that moment on, whether the
worker runs or not, and the worker makes it anew. Hours of the air are in the package of their day; all of them together
are a download of their own, because they would make the full package a hundred times larger.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.clock import CHINA, local_date
from core.config import Settings
from core.database import unit_of_work
from core.errors import DomainError, NotFound
from core.outbox import Job
from portal.opendata.api.openapi import described
from portal.opendata.datasets import (
    KIND_OF,
    OBSERVATIONS,
    RECORD_DATASETS,
    STATIONS,
    Dataset,
    observation_rows,
    record_item,
    utc_text,
)
from portal.opendata.downloads.formats import Rows, dictionary, written
from portal.opendata.downloads.models import CHANGES, FULL, DataPackage
from portal.publishing.kinds import kind_named
from portal.publishing.models import Change, PublicRecord
from portal.publishing.queries import last_past_term

Files = Iterator[tuple[str, Iterator[bytes]]]
KEPT_DAYS = 31
TAKEN_OUT = ("withdraw", "expire", "repair", "erase")
A_DAY = timedelta(days=1)


class PackageStale(DomainError):
    code = "package_stale"
    status = 503
    default_message = _l("有记录已不再公开，数据包正在重新生成。请过几分钟再取。")


def folder(settings: Settings) -> Path:
    return settings.data_dir / "packages"


def ready(session: Session) -> Sequence[DataPackage]:
    """What can be fetched, the newest first."""
    found = session.scalars(select(DataPackage).order_by(DataPackage.day.desc(), DataPackage.kind.desc())).all()
    is_stale = _staleness(session)
    return [one for one in found if not is_stale(one)]


def package(session: Session, name: str) -> DataPackage:
    found = session.get(DataPackage, name)
    if found is None:
        raise NotFound
    if _staleness(session)(found):
        raise PackageStale
    return found


def make_due(job: Job) -> None:
    """Long sweep: the packages of yesterday, the stale ones anew, the old ones away."""
    yesterday = local_date(job.now) - A_DAY
    fresh = {one.name for one in ready(job.session)}
    known = set(job.session.scalars(select(DataPackage.name)))
    wanted = {_name(FULL, yesterday): (FULL, yesterday), _name(CHANGES, yesterday): (CHANGES, yesterday)}
    for one in job.session.scalars(select(DataPackage).where(DataPackage.day > yesterday - timedelta(days=KEPT_DAYS))):
        if one.kind == CHANGES:
            wanted[one.name] = (CHANGES, one.day)
    for name, (kind, day) in wanted.items():
        if name not in fresh:
            _make(job, name, kind, day)
    if forgotten := known - set(wanted):
        _forget(job, forgotten)


def remove_stale(job: Job) -> None:
    """After an erasure: every file that is no fresh package leaves the disk at once, half-made and forgotten ones too.

    Rows stay, so that the sweep makes the same packages anew. One that is being made meanwhile fails, and is made anew.
    """
    fresh = {one.name for one in ready(job.session)}
    for path in folder(job.settings).glob("*"):
        if path.name not in fresh:
            path.unlink(missing_ok=True)


def _make(job: Job, name: str, kind: str, day: date) -> None:
    sequence = job.session.scalar(select(func.max(Change.sequence))) or 0
    place = folder(job.settings)
    place.mkdir(parents=True, exist_ok=True)
    path = place / name
    beside = path.with_suffix(".part")
    files = _full(job) if kind == FULL else _changes_of(job, day)
    _zip(beside, files, {"name": name, "kind": kind, "day": day.isoformat(), "sequence": sequence}, job.settings)
    digest = _sum_of(beside)
    size = beside.stat().st_size
    made = DataPackage(name=name, kind=kind, day=day, sequence=sequence, sha256=digest, size=size, built_at=job.now)
    with unit_of_work(job.services["database"]) as session:
        session.merge(made)
        session.flush()
        if _staleness(session)(made):  # something was taken out while it was being made
            beside.unlink()
        else:
            beside.replace(path)


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forget(job: Job, names: Iterable[str]) -> None:
    with unit_of_work(job.services["database"]) as session:
        session.execute(delete(DataPackage).where(DataPackage.name.in_(names)))
    for name in names:
        (folder(job.settings) / name).unlink(missing_ok=True)


def _zip(path: Path, files: Files, about: dict[str, object], settings: Settings) -> None:
    """The files, and last a manifest with the sha256 of each; the same content gives the same bytes."""
    sums: dict[str, str] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            digest = hashlib.sha256()
            with archive.open(_entry(name), "w", force_zip64=True) as target:
                for piece in pieces:
                    digest.update(piece)
                    target.write(piece)
            sums[name] = digest.hexdigest()
        licence = {"name": settings.data_licence, "url": settings.data_licence_url}
        manifest = {**about, "source": settings.base_url, "licence": licence, "sha256": sums}
        archive.writestr(_entry("manifest.json"), json.dumps(manifest, ensure_ascii=False, indent=1))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _full(job: Job) -> Files:
    for dataset in (*RECORD_DATASETS, STATIONS):
        for form in ("csv", "jsonl"):
            rows = dataset.rows(job.session, job.settings.base_url)
            yield f"{dataset.name}.{form}", written(dataset, rows, form)
        yield f"{dataset.name}-dictionary.csv", iter([dictionary(described(dataset.columns))])


def _changes_of(job: Job, day: date) -> Files:
    """The changes of a day, the records they changed as they are public now, and the hours of the day."""
    start = datetime.combine(day, time(), CHINA)
    changes = job.session.scalars(
        select(Change).where(Change.at >= start, Change.at < start + A_DAY).order_by(Change.sequence)
    ).all()
    yield "changes.jsonl", iter([_change_line(one) for one in changes])
    for dataset in RECORD_DATASETS:
        ids = {one.record_id for one in changes if one.kind == KIND_OF[dataset.name].name}
        yield f"{dataset.name}.jsonl", written(dataset, _records(job, dataset, ids), "jsonl")
    hours = observation_rows(job.session, start, start + A_DAY)
    yield "observations.csv", written(OBSERVATIONS, hours, "csv")


def _change_line(one: Change) -> bytes:
    said = {
        "sequence": one.sequence,
        "at": utc_text(one.at),
        "event": one.event,
        "dataset": kind_named(one.kind).path,
        "id": one.record_id,
    }
    return (json.dumps(said, ensure_ascii=False) + "\n").encode()


def _records(job: Job, dataset: Dataset, ids: Iterable[str]) -> Rows:
    for record_id in sorted(ids):
        found = job.session.get(PublicRecord, record_id)
        if found is not None:
            yield record_item(found, dataset.columns, job.settings.base_url)


def _staleness(session: Session) -> Callable[[DataPackage], bool]:
    """Whether a package holds what is public no longer: taken out by a change, or past its term since it was made."""
    taken_out = session.scalar(select(func.max(Change.sequence)).where(Change.event.in_(TAKEN_OUT))) or 0
    last_ended = last_past_term(session)

    def is_stale(one: DataPackage) -> bool:
        ended = last_ended is not None and last_ended >= local_date(one.built_at)
        return one.sequence < taken_out or ended

    return is_stale


def _name(kind: str, day: date) -> str:
    return f"mingjian-{kind}-{day.isoformat()}.zip"
