"""Every combination that the forms can send reaches somebody, on every kind of day."""

from datetime import date
from itertools import product

import pytest

from core.falsification_acts import ACTS
from core.places import COUNTIES
from intake.routing import Facts, considered, route
from intake.subjects import CHANNELS, subjects_of
from intake.submission import ACCUSED_KINDS
from tests.unit.test_interests import city

COUNTY_CODES = [None, *(one.code for one in COUNTIES)]
ACCUSED = (None, "xc-ecology", "xc-market", "xc-discipline", "xc-duty")


@pytest.mark.parametrize("on", [date(2018, 6, 1), date(2019, 4, 1), date(2026, 11, 23)])
def test_every_channel_subject_act_county_and_kind_of_accused_reaches_a_department_that_is_not_accused(
    on: date,
) -> None:
    """The full product: each subject with each act it asks for, in each county, against each kind of accused."""
    organisation = city(on)
    for channel in CHANNELS:
        for subject in subjects_of(channel):
            acts = [(), *((one.code,) for one in ACTS)] if subject.asks_acts else [()]
            for act, county, kind in product(acts, COUNTY_CODES, ACCUSED_KINDS):
                facts = Facts(channel, subject.code, act, county, kind)
                routing = route(facts, organisation, on=on)
                assert routing.responsible in organisation.units, facts
                assert not {routing.responsible, *routing.co} & routing.excluded, facts


def test_so_does_every_one_against_each_great_department() -> None:
    on = date(2026, 11, 23)
    organisation = city(on)
    for channel, accused, county in product(CHANNELS, ACCUSED, COUNTY_CODES):
        for subject, kind in product(subjects_of(channel), ACCUSED_KINDS):
            facts = Facts(channel, subject.code, (), county, kind, accused)
            routing = route(facts, organisation, on=on)
            assert not {routing.responsible, *routing.co} & routing.excluded, facts
            assert accused is None or accused in routing.excluded


def test_the_rules_that_were_tried_end_with_the_one_that_decided() -> None:
    facts = Facts("12369", "water", county="411082")
    tried = considered(facts, on=date(2026, 11, 23))
    assert [one.rule["id"] for one in tried][-1] == "pollution"
    assert [one.failed for one in tried][-1] is None
    assert all(one.failed for one in tried[:-1])
