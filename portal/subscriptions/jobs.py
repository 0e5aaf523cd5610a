"""What the worker runs for subscriptions."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.outbox import Delivery, Handler, Sweep
from portal.subscriptions.delivery import Confirmation, Telling, Verification
from portal.subscriptions.matching import MATCH, forget_abandoned, match, queue_digests
from portal.subscriptions.operations import CONFIRM, DELIVER, VERIFY

HANDLERS: Mapping[str, Handler | Delivery[Any, Any]] = {
    MATCH: match,
    CONFIRM: Confirmation(),
    VERIFY: Verification(),
    DELIVER: Telling(),
}
SWEEPS = (
    Sweep("subscriptions.digests", timedelta(minutes=10), queue_digests),
    Sweep("subscriptions.forget_abandoned", timedelta(hours=1), forget_abandoned),
)
