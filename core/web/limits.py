"""How often something may be tried. The keys never hold an address: a name's keyed hash, or nobody in particular.

Counters live in this process, or in Redis where MINGJIAN_REDIS_URL is set, so that all nodes share them.
"""

import hmac

from flask import Flask, g, request
from flask_limiter import Limiter
from limits.errors import StorageError
from limits.storage import MemoryStorage

from core.web.current import house


def _everyone() -> str:
    return "everyone"


def by_sign_in_name() -> str:
    name = request.form.get("sign_in_name", "").strip().lower()
    return hmac.new(house().secret_key, b"limit" + name.encode(), "sha256").hexdigest()


def by_network() -> str:
    """For reading programs only, never for reporters: the caller's address under a key, kept for the counting alone."""
    return hmac.new(house().secret_key, b"network" + (request.remote_addr or "").encode(), "sha256").hexdigest()


limiter = Limiter(key_func=_everyone, strategy="moving-window", headers_enabled=False)
_own_counters = MemoryStorage()


@limiter.request_filter
def _asks_itself() -> bool:
    """The house opening its own pages, as the last look before a publication does, is no caller."""
    return bool(g.get("asks_itself", False))


def counted(name: str, seconds: int) -> int:
    """How often this happened since the first time within `seconds`, this time included; then it is forgotten."""
    try:
        return limiter.storage.incr(name, seconds)
    except StorageError:
        return _own_counters.incr(name, seconds)


def install(app: Flask, redis_url: str | None) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"wrap_exceptions": True}
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(redis_url)
    limiter.init_app(app)
