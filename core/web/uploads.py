"""Uploads: what a reporter sends must not touch the disk before it is sealed, and memory must not grow with it."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from flask import Flask, Request, current_app

from core.sealed_spool import PIECE, SealedSpool
from core.web.current import EXTENSION, House

CONFIG = "UPLOAD_LIMITS"
MOST_PARTS = 100


@dataclass(frozen=True)
class UploadLimit:
    """`body` bytes in one request; of a file larger than `each` no more than that is kept, only its size."""

    body: int
    each: int | None = None


class HouseRequest(Request):
    """The body limit is the house's, or a route's own where it takes files."""

    max_form_parts = MOST_PARTS

    def _get_file_stream(self, *_args: Any, **_named: Any) -> IO[bytes]:
        limit = _limits().get(self.endpoint or "")
        house: House = current_app.extensions[EXTENSION]
        return io.BufferedRandom(SealedSpool(incoming(house.settings.data_dir), limit.each if limit else None), PIECE)

    @property
    def max_content_length(self) -> int | None:
        house_limit: int = current_app.config["MAX_CONTENT_LENGTH"]
        limit = _limits().get(self.endpoint or "")
        return limit.body if limit else house_limit

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:  # noqa: ARG002
        raise AttributeError("limits are set by allow_uploads")


def incoming(data_dir: Path) -> Path:
    """Where uploads lie sealed while they are read."""
    return data_dir / "incoming"


def allow_uploads(app: Flask, endpoint: str, limit: int, each: int | None = None) -> None:
    """Let the route `endpoint` take bodies up to `limit` bytes, of each file `each` bytes."""
    app.config.setdefault(CONFIG, {})[endpoint] = UploadLimit(limit, each)


def _limits() -> dict[str, UploadLimit]:
    found: dict[str, UploadLimit] = current_app.config.get(CONFIG, {})
    return found
