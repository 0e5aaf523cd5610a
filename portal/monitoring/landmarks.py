"""The stations whose place is public, for the map on which a reporter points."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.coordinates import Point
from intake.landmarks import STATION, Landmark
from portal.monitoring.models import Station


def stations(session: Session) -> Iterator[Landmark]:
    rows = select(Station.name, Station.lat, Station.lon).where(Station.valid_to.is_(None))
    for name, lat, lon in session.execute(rows.order_by(Station.level, Station.code)):
        if lat is not None and lon is not None:
            yield Landmark(STATION, name, Point(lat, lon))
