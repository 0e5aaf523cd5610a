"""Server-side sessions whose content only the cookie can open.

The cookie holds 32 random bytes. The row is found by their hash and its content is sealed under a key derived
from them, so that a copy of the database tells neither who is signed in where nor what a reporter has drafted.
No cookie, no query; an untouched session, no cookie.

Secret keys (an officer's, a reporter's) lie apart in the row and need a third thing, the boot key of the machine: after
a restart the session is still there, its keys are not, and an officer signs in again.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from nacl.exceptions import CryptoError
from nacl.secret import Aead
from sqlalchemy import delete
from werkzeug.datastructures import CallbackDict

from core.accounts.models import WebSession
from core.database import unit_of_work
from core.envelopes import SealBroken, derived, lock, unlock
from core.outbox import Job
from core.web.current import EXTENSION, House

LIFETIME = timedelta(hours=12)
TOKEN_BYTES = 32
USER_KEY = "user_id"


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    def __init__(self, initial: dict[str, Any] | None = None, token: bytes | None = None) -> None:
        self.token = token
        self.vault: dict[str, bytes] = {}
        self.new = token is None
        self.modified = False
        super().__init__(initial or {}, BrowserSession._note_change)

    def _note_change(self) -> None:
        self.modified = True

    def renew(self) -> None:
        """A new token for the same content, at sign-in: an old cookie somebody planted is worth nothing."""
        self.previous_token, self.token, self.modified = self.token, None, True

    previous_token: bytes | None = None

    def keep_key(self, name: str, key: bytes) -> None:
        self.vault[name], self.modified = key, True

    def clear(self) -> None:
        self.vault.clear()
        super().clear()

    def drop_key(self, name: str) -> None:
        if self.vault.pop(name, None) is not None:
            self.modified = True


class SealedSessionInterface(SessionInterface):
    def __init__(self, boot_key: bytes) -> None:
        self._boot_key = boot_key

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        token = _token(request.cookies.get(self.get_cookie_name(app), ""))
        house: House = app.extensions[EXTENSION]
        if token is None:
            return BrowserSession()
        with house.database.read() as session:
            row = session.get(WebSession, _hash(token))
        if row is None or row.expires_at <= house.clock.now():
            return BrowserSession()
        try:
            found = BrowserSession(json.loads(_box(token).decrypt(row.sealed, aad=row.token_hash)), token)
        except CryptoError:
            return BrowserSession()
        if row.sealed_keys is not None:
            self._open_keys(found, token, row.sealed_keys)
        return found

    def _open_keys(self, found: BrowserSession, token: bytes, sealed: bytes) -> None:
        """Without its keys a session is nobody's: whoever was signed in signs in again."""
        try:
            keys: dict[str, str] = json.loads(unlock(sealed, self._key(token), _hash(token).hex()))
        except SealBroken:
            found.pop(USER_KEY, None)
        else:
            found.vault = {name: bytes.fromhex(key) for name, key in keys.items()}

    def _sealed_keys(self, session: BrowserSession, token: bytes) -> bytes | None:
        if not session.vault:
            return None
        plain = json.dumps({name: key.hex() for name, key in session.vault.items()}).encode()
        return lock(plain, self._key(token), _hash(token).hex())

    def _key(self, token: bytes) -> bytes:
        return derived(token, "session/keys", salt=self._boot_key)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, BrowserSession) or not session.modified:
            return
        house: House = app.extensions[EXTENSION]
        with unit_of_work(house.database) as database_session:
            stale = [one for one in (session.previous_token, None if session else session.token) if one]
            if stale:
                database_session.execute(delete(WebSession).where(WebSession.token_hash.in_([_hash(t) for t in stale])))
            if session:
                session.token = session.token or secrets.token_bytes(TOKEN_BYTES)
                row = _row(session, session.token, house.clock.now())
                row.sealed_keys = self._sealed_keys(session, session.token)
                database_session.merge(row)
        self._set_cookie(app, session, response)

    def _set_cookie(self, app: Flask, session: BrowserSession, response: Response) -> None:
        name, path = self.get_cookie_name(app), "/"
        if not session:
            response.delete_cookie(name, path=path)
            return
        assert session.token is not None  # noqa: S101 - set a moment ago
        secure = bool(app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(name, session.token.hex(), path=path, httponly=True, secure=secure, samesite="Lax")


def forget_expired(job: Job) -> None:
    job.session.execute(delete(WebSession).where(WebSession.expires_at <= job.now))


def _row(session: BrowserSession, token: bytes, now: datetime) -> WebSession:
    token_hash = _hash(token)
    sealed = _box(token).encrypt(json.dumps(dict(session), ensure_ascii=False).encode(), aad=token_hash)
    return WebSession(
        token_hash=token_hash, sealed=bytes(sealed), user_id=session.get(USER_KEY), expires_at=now + LIFETIME
    )


def _token(cookie: str) -> bytes | None:
    try:
        token = bytes.fromhex(cookie)
    except ValueError:
        return None
    return token if len(token) == TOKEN_BYTES else None


def _hash(token: bytes) -> bytes:
    return hashlib.sha256(b"mingjian/session/lookup" + token).digest()


def _box(token: bytes) -> Aead:
    return Aead(hashlib.blake2b(token, digest_size=Aead.KEY_SIZE, person=b"mingjian/session"[:16]).digest())
