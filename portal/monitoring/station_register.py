"""Which station a row means. The same code, name, place and city are the same station; a new place or name opens a new
row under the code, valid from the first day it was seen, until the day before the next one begins.
"""

import re
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.places import county_of_name
from core.tables import load_table
from portal.monitoring.averages import day_of
from portal.monitoring.importers import StationFacts
from portal.monitoring.models import Station, StationLevel, hour_at

# 国家环境空气质量监测网的站点编码：四位数字加字母 A。
NATIONAL_CODE = re.compile(r"[0-9]{4}A", re.ASCII)


class StationRegister:
    """Finds or opens stations for one import; remembers what it has found."""

    def __init__(self, session: Session, source: str) -> None:
        self.session = session
        self.source = source
        self.opened: list[str] = []
        self._known: dict[StationFacts, tuple[int, int]] = {}
        self._of_code: dict[str, list[Station]] = {}

    @property
    def codes(self) -> list[str]:
        """Of the stations that the import spoke of."""
        return list(self._of_code)

    def station_of(self, facts: StationFacts, hour: int) -> int | None:
        """The id of the station; None where the code already begins as another station on that day."""
        known = self._known.get(facts)
        if known is not None and hour >= known[1]:
            return known[0]
        station = self._find(facts, day_of(hour_at(hour)))
        if station is None:
            return None
        self._known[facts] = (station.id, hour)
        return station.id

    def _find(self, facts: StationFacts, day: date) -> Station | None:
        versions = self._versions(facts.code)
        station = next((one for one in versions if _is_same(one, facts)), None)
        if station is not None and station.valid_from <= day:
            station.area = station.area or facts.area
            return station
        if any(one.valid_from == day for one in versions if one is not station):
            return None
        if station is None:
            station = self._open(facts, day)
            versions.append(station)
        station.valid_from = day
        self._close_in_order(versions)
        return station

    def _versions(self, code: str) -> list[Station]:
        if code not in self._of_code:
            self._of_code[code] = list(self.session.scalars(select(Station).where(Station.code == code)))
        return self._of_code[code]

    def _open(self, facts: StationFacts, day: date) -> Station:
        station = Station(
            code=facts.code,
            name=facts.name,
            area=facts.area,
            county_code=_county_code(facts),
            level=StationLevel.NATIONAL if NATIONAL_CODE.fullmatch(facts.code) else StationLevel.UNKNOWN,
            lon=facts.lon,
            lat=facts.lat,
            source=self.source,
            valid_from=day,
        )
        self.session.add(station)
        self.opened.append(facts.code)
        return station

    def _close_in_order(self, versions: list[Station]) -> None:
        versions.sort(key=lambda one: one.valid_from)
        for earlier, later in pairwise(versions):
            earlier.valid_to = later.valid_from - timedelta(days=1)
        versions[-1].valid_to = None
        self.session.flush()


def _is_same(station: Station, facts: StationFacts) -> bool:
    """An absent place or city agrees with any."""
    place = (station.lon, station.lat)
    return (
        station.name == facts.name
        and (not station.area or not facts.area or station.area == facts.area)
        and (None in place or None in (facts.lon, facts.lat) or place == (facts.lon, facts.lat))
    )


def _county_code(facts: StationFacts) -> str | None:
    for row in load_table("portal/monitoring/stations.toml")["station"]:
        if row["code"] == facts.code:
            return str(row["county_code"])
    county = county_of_name(facts.name)
    return county.code if county else None
