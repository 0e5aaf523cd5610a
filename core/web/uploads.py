"""Uploads stay in memory: what a reporter sends must not touch the disk before it is sealed."""

from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, current_app

CONFIG = "UPLOAD_LIMITS"


class HouseRequest(Request):
    """The body limit is the house's, or a route's own where it takes files."""

    def _get_file_stream(self, *_args: Any, **_named: Any) -> IO[bytes]:
        return BytesIO()

    @property
    def max_content_length(self) -> int | None:
        limits: dict[str, int] = current_app.config.get(CONFIG, {})
        house_limit: int = current_app.config["MAX_CONTENT_LENGTH"]
        return limits.get(self.endpoint or "", house_limit)

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:  # noqa: ARG002
        raise AttributeError("limits are set by allow_uploads")


def allow_uploads(app: Flask, endpoint: str, limit: int) -> None:
    """Let the route `endpoint` take bodies up to `limit` bytes."""
    app.config.setdefault(CONFIG, {})[endpoint] = limit
