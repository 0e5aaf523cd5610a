"""The keys of one report at rest: made when it is filed, opened by who may, changed whenever somebody is left out.

A change of key (`rekey`) draws a new root, seals every text anew and wraps the root to today's recipients; the
envelopes of everybody else are gone, and what an old envelope from an old backup opens does not lie here any more.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from core.envelopes import KEY_BYTES, KeyPair, lock, seal, unlock, unseal, unwrap, wrap
from core.keys.department_keys import PublicKey, live_keys
from core.keys.keyring import KeyPurpose, Keyring
from core.keys.models import EscrowKey
from core.keys.user_keys import live_escrow
from intake.departments import Organisation
from intake.identity_shares import dealt, is_share
from intake.key_models import EventText, ReportKey, ReportWrap
from intake.models import CO, EXCLUDED, Report, ReportDepartment, SealedFile
from intake.receipt import ReceiptKeys
from intake.recipients import Case, Holders, Recipients, recipients
from intake.routing import LAST_RESORTS
from intake.sealing import CaseSecrets, context

REPORTER, ESCROW = "reporter", "escrow"
CASE, IDENTITY = KeyPurpose.CASE, KeyPurpose.IDENTITY
FIRST = 1
_DEPARTMENT = "department:"


@dataclass(frozen=True)
class Directory:
    """The public keys there are today, and the organisation that says for whom they may be used."""

    keys: dict[tuple[str, KeyPurpose], PublicKey]
    escrow: EscrowKey | None
    organisation: Organisation

    @classmethod
    def load(cls, session: Session, on: date, organisation: Organisation | None = None) -> "Directory":
        """`organisation` of that day, where the caller has it already."""
        return cls(live_keys(session), live_escrow(session), organisation or Organisation.load(session, on))

    def recipients(self, session: Session, report: Report) -> Recipients:
        parts = select(ReportDepartment.department_code, ReportDepartment.part)
        rows = session.execute(parts.where(ReportDepartment.report_id == report.id)).all()
        co, excluded = (frozenset(code for code, part in rows if part == one) for one in (CO, EXCLUDED))
        found = (self.organisation.find(kind, None, but=excluded) for kind in LAST_RESORTS)
        caretakers = tuple(unit.code for unit in found if unit is not None)
        return recipients(Case(report.responsible_code, co, excluded, caretakers), self._holders())

    def custodians(self) -> list[str]:
        """The departments that keep identities where nobody is excluded."""
        found = (self.organisation.find(kind, None) for kind in LAST_RESORTS)
        return [unit.code for unit in found if unit is not None and (unit.code, IDENTITY) in self.keys]

    def targets(self, who: Recipients, purpose: KeyPurpose) -> Iterator[tuple[str, int, bytes]]:
        """(recipient, its epoch, its public key)"""
        for code in sorted(who.departments if purpose is CASE else who.custodians):
            key = self.keys[code, purpose]
            yield department_recipient(code), key.epoch, key.public
        if who.escrow and self.escrow is not None:
            yield ESCROW, self.escrow.epoch, self.escrow.public

    def _holders(self) -> Holders:
        holding = {one: frozenset(code for code, purpose in self.keys if purpose is one) for one in KeyPurpose}
        return Holders(holding[CASE], holding[IDENTITY], self.escrow.department_code if self.escrow else None)


def create(
    session: Session, report: Report, receipt: ReceiptKeys, *, body: str, identity: str, directory: Directory
) -> None:
    """Seal a new report. Its departments are written already; `identity` may tell that there is none."""
    reporter = KeyPair.new()
    row = ReportKey(report_id=report.id, epoch=FIRST, identity_epoch=FIRST, shared_public=b"", internal_public=b"")
    row.reporter_public = reporter.public
    row.sealed_reporter_secret = lock(reporter.secret, receipt.wrap, context(report.id, 0, REPORTER))
    session.add(row)
    who = directory.recipients(session, report)
    _new_root(session, row, who, directory)
    report.sealed_body = _sealed(row, body, "body")
    _new_identity(session, report, row, identity, who, directory)
    session.flush()


def seal_event(session: Session, report: Report, text_id: str, text: str, *, is_shared: bool) -> None:
    """The words of one step: for the reporter too, or for the departments alone. Needs no secret."""
    sealed = _sealed(session.get_one(ReportKey, report.id), text, f"event|{text_id}", is_shared=is_shared)
    session.add(EventText(id=text_id, report_id=report.id, is_shared=is_shared, sealed=sealed))


def seal_file_meta(session: Session, report: Report, file_id: str, meta: str) -> None:
    sealed = _sealed(session.get_one(ReportKey, report.id), meta, f"file|{file_id}")
    session.add(SealedFile(id=file_id, report_id=report.id, sealed_meta=sealed))


def opened(session: Session, report: Report, ring: Keyring) -> CaseSecrets | None:
    """With a department's key; None where this person has none that an envelope of the report is for."""
    root = _unwrapped(session, report, CASE, ring)
    return CaseSecrets.of(report.id, epoch_of(session, report), root) if root else None


def opened_many(session: Session, reports: Sequence[Report], ring: Keyring) -> dict[str, CaseSecrets]:
    """As `opened`, for many at once: those that this person can open, by the report's id."""
    found: dict[str, CaseSecrets] = {}
    for chunk in chunks([one.id for one in reports]):
        keys = session.scalars(select(ReportKey).where(ReportKey.report_id.in_(chunk)))
        epochs = {key.report_id: key.epoch for key in keys}
        for row in session.scalars(_envelopes(CASE).where(ReportWrap.report_id.in_(chunk))):
            if row.report_id not in found and (root := _unwrapped_one(session, row, ring)):
                found[row.report_id] = CaseSecrets.of(row.report_id, epochs[row.report_id], root)
    return found


def chunks(ids: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """As many ids as one statement takes."""
    return (ids[n : n + size] for n in range(0, len(ids), size))


def opened_by_reporter(session: Session, report: Report, secret: bytes) -> CaseSecrets:
    envelope = session.get_one(ReportWrap, (report.id, CASE, REPORTER))
    return CaseSecrets(report.id, envelope.key_epoch, unwrap(envelope.wrapped, secret, _context(envelope)))


def opened_by_escrow(session: Session, report: Report, secret: bytes, epoch: int) -> dict[KeyPurpose, bytes]:
    """The roots that the escrow can open with its key of one epoch."""
    rows = (session.get(ReportWrap, (report.id, purpose, ESCROW)) for purpose in KeyPurpose)
    mine = [row for row in rows if row is not None and row.recipient_epoch == epoch]
    return {KeyPurpose(row.purpose): unwrap(row.wrapped, secret, _context(row)) for row in mine}


def reporter_secret(session: Session, report: Report, receipt: ReceiptKeys) -> bytes:
    """The reporter's secret key, which the receipt in their hands opens."""
    row = session.get_one(ReportKey, report.id)
    return unlock(row.sealed_reporter_secret, receipt.wrap, context(report.id, 0, REPORTER))


def lock_reporter_secret(session: Session, report: Report, secret: bytes, receipt: ReceiptKeys) -> None:
    """The same secret under another receipt: the code before opens nothing of what lies here."""
    row = session.get_one(ReportKey, report.id)
    row.sealed_reporter_secret = lock(secret, receipt.wrap, context(report.id, 0, REPORTER))


def identity_part(session: Session, report: Report, ring: Keyring) -> bytes | None:
    """What a custodian's department holds: a share, or the whole; None where there is no envelope for this person."""
    return _unwrapped(session, report, IDENTITY, ring)


def identity_root(session: Session, report: Report, ring: Keyring) -> bytes | None:
    """Where one department alone keeps the identity; None also where this person holds but a share."""
    part = identity_part(session, report, ring)
    return None if part is None or is_share(part) else part


def read_identity(session: Session, report: Report, root: bytes) -> str:
    epoch = session.get_one(ReportKey, report.id).identity_epoch
    return unseal(report.sealed_identity or b"", root, context(report.id, epoch, IDENTITY))


def rekey(session: Session, report: Report, case: CaseSecrets, directory: Directory) -> None:
    """A new root for today's recipients; whoever is none of them any more opens nothing from here on."""
    row = session.get_one(ReportKey, report.id)
    body = case.read(report.sealed_body, "body") or ""
    texts = [
        (one, case.read(one.sealed, f"event|{one.id}", is_shared=one.is_shared)) for one in texts_of(session, report)
    ]
    metas = [(one, case.read(one.sealed_meta, f"file|{one.id}")) for one in files_of(session, report)]
    row.epoch += 1
    _new_root(session, row, directory.recipients(session, report), directory)
    report.sealed_body = _sealed(row, body, "body")
    for event, text in texts:
        event.sealed = _sealed(row, text or "", f"event|{event.id}", is_shared=event.is_shared)
    for file, meta in metas:
        file.sealed_meta = _sealed(row, meta or "", f"file|{file.id}")
    session.flush()


def rekey_identity(session: Session, report: Report, root: bytes, directory: Directory) -> None:
    """As `rekey`, for who the reporter is."""
    identity, row = read_identity(session, report, root), session.get_one(ReportKey, report.id)
    row.identity_epoch += 1
    _new_identity(session, report, row, identity, directory.recipients(session, report), directory)
    session.flush()


def renew_share(session: Session, report: Report, code: str, part: bytes, directory: Directory) -> None:
    """A department's share for its key of today; the identity and the others' shares stay as they are."""
    row = session.get_one(ReportWrap, (report.id, IDENTITY, department_recipient(code)))
    key = directory.keys.get((code, IDENTITY))
    if key is not None:
        row.recipient_epoch = key.epoch
        row.wrapped = wrap(part, key.public, _context(row))
        session.flush()


def revoke_excluded(session: Session, report: Report) -> None:
    """Take the envelopes from whoever is excluded by now: at once, and without any secret."""
    excluded = departments_with_part(session, report, EXCLUDED)
    gone = [department_recipient(code) for code in excluded]
    escrow = live_escrow(session)
    if escrow is not None and escrow.department_code in excluded:
        gone.append(ESCROW)
    session.execute(delete(ReportWrap).where(ReportWrap.report_id == report.id, ReportWrap.recipient.in_(gone)))


def departments_with_part(session: Session, report: Report, part: str) -> frozenset[str]:
    statement = select(ReportDepartment.department_code).where(
        ReportDepartment.report_id == report.id, ReportDepartment.part == part
    )
    return frozenset(session.scalars(statement))


def texts_of(session: Session, report: Report) -> Sequence[EventText]:
    return session.scalars(select(EventText).where(EventText.report_id == report.id)).all()


def files_of(session: Session, report: Report) -> Sequence[SealedFile]:
    return session.scalars(select(SealedFile).where(SealedFile.report_id == report.id).order_by(SealedFile.id)).all()


def epoch_of(session: Session, report: Report) -> int:
    return session.get_one(ReportKey, report.id).epoch


def department_recipient(code: str) -> str:
    return _DEPARTMENT + code


def _new_root(session: Session, row: ReportKey, who: Recipients, directory: Directory) -> None:
    root = secrets.token_bytes(KEY_BYTES)
    case = CaseSecrets.of(row.report_id, row.epoch, root)
    row.shared_public, row.internal_public = case.publics()
    reporter = [(REPORTER, 0, row.reporter_public, case.shared)]
    others = [(*target, root) for target in directory.targets(who, CASE)]
    _write_envelopes(session, row.report_id, CASE, row.epoch, reporter + others)


def _new_identity(
    session: Session, report: Report, row: ReportKey, identity: str, who: Recipients, directory: Directory
) -> None:
    """Also an anonymous report has one: whether there is a name in it is sealed as well."""
    pair = KeyPair.new()
    report.sealed_identity = seal(identity, pair.public, context(report.id, row.identity_epoch, IDENTITY))
    parts = {department_recipient(code): part for code, part in dealt(pair.secret, sorted(who.custodians)).items()}
    parts[ESCROW] = pair.secret
    targets = [(*target, parts[target[0]]) for target in directory.targets(who, IDENTITY)]
    _write_envelopes(session, report.id, IDENTITY, row.identity_epoch, targets)


def _write_envelopes(
    session: Session,
    report_id: str,
    purpose: KeyPurpose,
    key_epoch: int,
    targets: Sequence[tuple[str, int, bytes, bytes]],
) -> None:
    """Replace all envelopes of a purpose; each target is (recipient, its epoch, its public key, what it gets)."""
    if key_epoch > FIRST:
        session.execute(delete(ReportWrap).where(ReportWrap.report_id == report_id, ReportWrap.purpose == purpose))
    for recipient, recipient_epoch, public, key in targets:
        row = ReportWrap(
            report_id=report_id,
            purpose=purpose,
            recipient=recipient,
            recipient_epoch=recipient_epoch,
            key_epoch=key_epoch,
            is_share=is_share(key),
        )
        row.wrapped = wrap(key, public, _context(row))
        session.add(row)


def _unwrapped(session: Session, report: Report, purpose: KeyPurpose, ring: Keyring) -> bytes | None:
    for row in session.scalars(_envelopes(purpose).where(ReportWrap.report_id == report.id)):
        root = _unwrapped_one(session, row, ring)
        if root is not None:
            return root
    return None


def _envelopes(purpose: KeyPurpose) -> Select[ReportWrap]:
    to_departments = ReportWrap.recipient.startswith(_DEPARTMENT, autoescape=True)
    return select(ReportWrap).where(ReportWrap.purpose == purpose, to_departments)


def _unwrapped_one(session: Session, row: ReportWrap, ring: Keyring) -> bytes | None:
    code = row.recipient.removeprefix(_DEPARTMENT)
    secret = ring.department_key(session, code, row.purpose, row.recipient_epoch)
    return unwrap(row.wrapped, secret, _context(row)) if secret is not None else None


def _context(row: ReportWrap) -> str:
    return context(row.report_id, row.key_epoch, f"{row.purpose}|{row.recipient}|{row.recipient_epoch}")


def _sealed(row: ReportKey, text: str, part: str, *, is_shared: bool = True) -> bytes:
    public = row.shared_public if is_shared else row.internal_public
    return seal(text, public, context(row.report_id, row.epoch, part))
