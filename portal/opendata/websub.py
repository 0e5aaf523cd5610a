"""WebSub, the publisher's side: tell the hub which feeds have something new (W3C WebSub, section 6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from core.outbound import OutboundError, post, target
from core.outbox import Delivery, Job
from portal.opendata.feeds import FORMATS
from portal.publishing.kinds import kind_named

PING = "feeds.ping_hub"
GIVE_UP_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Notice:
    hub: str
    topics: tuple[str, ...]


class Ping(Delivery[Notice, None]):
    """A hub that is away is told again later, for a day; the next change tells it anyway."""

    def prepare(self, job: Job) -> Notice | None:
        hub = job.settings.websub_hub
        if hub is None or job.now - datetime.fromisoformat(job.payload["since"]) > GIVE_UP_AFTER:
            return None
        return Notice(hub, topics(job.payload["kind"], job.settings.base_url))

    def send(self, parcel: Notice) -> None:
        hosts = {urlsplit(parcel.hub).hostname or ""}
        fields = [("hub.mode", "publish"), *(("hub.url", topic) for topic in parcel.topics)]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Mingjian"}
        answer = post(target(parcel.hub, allowed=hosts), urlencode(fields).encode(), headers)
        if not answer.is_success:
            raise OutboundError(f"status_{answer.status}")


def topics(kind: str, base_url: str) -> tuple[str, ...]:
    """The feeds whose content a change of this kind changes and which name the hub."""
    names = ("all", kind_named(kind).path)
    return tuple(f"{base_url}/feeds/{name}.{form}" for name in names for form in FORMATS)
