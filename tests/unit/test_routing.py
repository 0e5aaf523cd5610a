"""Routing: always somebody, never the accused nor its own; the city's table of departments and random ones."""

from datetime import date
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import NotFound
from core.falsification_acts import ACTS
from core.places import COUNTIES
from core.tables import in_force, load_table
from intake.departments import Organisation, Unit
from intake.routing import LAST_RESORTS, Facts, Routing, route
from intake.subjects import CHANNELS, ENVIRONMENT, QUALITY, SUBJECTS, subject, subjects_of
from intake.submission import ACCUSED_KINDS

TODAY = date(2026, 11, 23)
RULES = load_table("intake/routing.toml")["rule"]
CITY = Organisation(
    Unit(row["code"], row["name"], row["kind"], row.get("county"), row.get("superior"))
    for row in load_table("intake/departments.toml")["department"]
    if row.get("valid_from", date.min) <= TODAY <= row.get("valid_to", date.max)
)
EVER = {row["kind"] for row in load_table("intake/departments.toml")["department"]}
KINDS = sorted({unit.kind for unit in CITY.units.values()})
COUNTY_CODES = [county.code for county in COUNTIES]
UNKNOWN_DEPARTMENT = "another-city-bureau"


def facts_against(accused: st.SearchStrategy[str | None]) -> st.SearchStrategy[Facts]:
    """Every combination that can be written down, also those that no form offers."""
    return st.builds(
        Facts,
        channel=st.sampled_from(CHANNELS),
        subject=st.sampled_from([one.code for one in SUBJECTS]),
        acts=st.lists(st.sampled_from([act.code for act in ACTS]), max_size=3, unique=True).map(tuple),
        county=st.sampled_from([None, *COUNTY_CODES, "410000"]),
        accused_kind=st.sampled_from(ACCUSED_KINDS),
        accused_department=accused,
    )


city_facts = facts_against(st.sampled_from([None, *sorted(CITY.units), UNKNOWN_DEPARTMENT]))


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Up to twelve departments of any kind, each under any other: also loops, which a clerk can type."""
    codes = [f"d{number}" for number in range(draw(st.integers(1, 12)))]
    return Organisation(
        Unit(
            code,
            f"部门{code}",
            draw(st.sampled_from([*KINDS, *LAST_RESORTS * 3])),
            draw(st.sampled_from([None] * 8 + COUNTY_CODES)),
            draw(st.sampled_from([None, *codes])),
        )
        for code in codes
    )


def chain_of(code: str | None, organisation: Organisation) -> list[str]:
    """A department and those above it."""
    chain: list[str] = []
    while code is not None and code in organisation.units and code not in chain:
        chain.append(code)
        code = organisation.units[code].superior
    return chain


def family_of(accused: str | None, organisation: Organisation) -> set[str]:
    """The accused department, all above and all below it: worked out here from single steps upwards."""
    below = {code for code in organisation.units if accused in chain_of(code, organisation)}
    return below | set(chain_of(accused, organisation))


def recipients(routing: Routing) -> set[str]:
    return {routing.responsible, *routing.co}


def told(
    subject_code: str,
    county: str | None = None,
    *,
    channel: str = ENVIRONMENT,
    acts: tuple[str, ...] = (),
    kind: str = "company",
    accused: str | None = None,
) -> Facts:
    return Facts(channel, subject_code, acts, county, kind, accused)


def in_the_city(facts: Facts) -> Routing:
    return route(facts, CITY, on=TODAY)


@given(city_facts)
def test_every_report_in_the_city_gets_a_department_that_has_nothing_to_do_with_the_accused(facts: Facts) -> None:
    routing = in_the_city(facts)
    assert recipients(routing) <= set(CITY.units)
    assert not recipients(routing) & family_of(facts.accused_department, CITY)


def test_no_offered_subject_against_any_department_of_the_city_reaches_its_family() -> None:
    offered = [(channel, one.code) for channel in CHANNELS for one in subjects_of(channel)]
    for (channel, subject_code), accused, kind, acts in product(offered, CITY.units, ACCUSED_KINDS, [(), ("I01",)]):
        unit = CITY.units[accused]
        routing = route(Facts(channel, subject_code, acts, unit.county, kind, accused), CITY, on=TODAY)
        assert not recipients(routing) & family_of(accused, CITY), (channel, subject_code, accused, kind)


@given(organisations(), st.data())
def test_no_shape_of_organisation_lets_a_report_reach_the_family_of_the_accused(
    organisation: Organisation, data: st.DataObject
) -> None:
    facts = data.draw(facts_against(st.sampled_from([None, *organisation.units])))
    family = family_of(facts.accused_department, organisation)
    last_resorts = {"duty_desk", "discipline", "procuratorate"}
    assume(
        any(
            unit.kind in last_resorts and unit.county is None and unit.code not in family
            for unit in organisation.units.values()
        )
    )
    routing = route(facts, organisation, on=TODAY)
    assert routing.excluded == family
    assert not recipients(routing) & family


@given(city_facts)
def test_every_answer_says_its_rule_its_reason_and_its_law(facts: Facts) -> None:
    routing = in_the_city(facts)
    assert routing.rule in {rule["id"] for rule in RULES} | {"duty-desk"}
    assert routing.reason.endswith("。")
    assert "%" not in routing.reason
    assert routing.source


@given(city_facts)
def test_a_department_does_not_help_itself_and_helps_once(facts: Facts) -> None:
    routing = in_the_city(facts)
    assert routing.responsible not in routing.co
    assert len(set(routing.co)) == len(routing.co)


@pytest.mark.parametrize("accused", ["xc-duty", "xc-ecology"])
def test_a_reason_does_not_promise_the_duty_desk_where_another_department_got_the_report(accused: str) -> None:
    routing = in_the_city(told("other", accused=accused))
    assert routing.responsible == "xc-discipline"
    assert "由市环境值班室人工分派" not in routing.reason


def test_an_organisation_without_anybody_to_fall_back_on_is_refused_loudly() -> None:
    with pytest.raises(LookupError):
        route(Facts(ENVIRONMENT, "other"), Organisation([]), on=TODAY)


@pytest.mark.parametrize(
    ("county", "bureau"),
    [
        ("411002", "xc-ecology-weidu"),
        ("411003", "xc-ecology-jianan"),
        ("411024", "xc-ecology-yanling"),
        ("411025", "xc-ecology-xiangcheng"),
        ("411081", "xc-ecology-yuzhou"),
        ("411082", "xc-ecology-changge"),
        ("411071", "xc-ecology-jingkai"),
        ("xc-demo-zone", "xc-ecology-shifan"),
        ("xc-dongcheng", "xc-ecology-dongcheng"),
        (None, "xc-ecology"),
        ("410000", "xc-ecology"),  # not a place of this city
    ],
)
def test_pollution_goes_to_the_ecology_bureau_of_the_place(county: str | None, bureau: str) -> None:
    assert in_the_city(told("water", county)).responsible == bureau


@pytest.mark.parametrize("subject_code", ["air", "water", "factory_noise", "waste", "soil", "radiation", "ecology"])
def test_every_kind_of_pollution_follows_the_one_rule(subject_code: str) -> None:
    routing = in_the_city(told(subject_code, "411081"))
    assert (routing.rule, routing.responsible, routing.co) == ("pollution", "xc-ecology-yuzhou", ())


@pytest.mark.parametrize(
    ("facts", "rule", "responsible", "co"),
    [
        # monitoring data: the city bureau investigates, wherever it happened; criminal acts with the police
        (told("data_fraud", "411082"), "fraud-environment", "xc-ecology", ("xc-police",)),
        (told("data_fraud", acts=("T05", "F06")), "fraud-environment", "xc-ecology", ("xc-police",)),
        (
            told("data_fraud", kind="testing_institution"),
            "fraud-institution-12369",
            "xc-ecology",
            ("xc-market", "xc-police"),
        ),
        # one act of ordering among others is enough for the copy to discipline inspection
        (told("data_fraud", acts=("I01",)), "ordered", "xc-ecology", ("xc-discipline",)),
        (told("data_fraud", "411082", acts=("T01", "I04")), "ordered", "xc-ecology", ("xc-discipline",)),
        # officials who interfere
        (told("interference", "411002"), "interference", "xc-discipline", ("xc-ecology",)),
        (told("interference", acts=("I02",)), "interference", "xc-discipline", ("xc-ecology",)),
        # the former 12365: testing institutions, instruments, products
        (
            told("institution", "411081", channel=QUALITY, kind="testing_institution"),
            "fraud-institution-12365",
            "xc-market-yuzhou",
            ("xc-ecology-yuzhou",),
        ),
        (
            told("data_fraud", "xc-demo-zone", channel=QUALITY),
            "fraud-institution-12365",
            "xc-market-shifan",
            ("xc-ecology-shifan",),
        ),
        (told("institution", channel=QUALITY), "fraud-institution-12365", "xc-market", ("xc-ecology",)),
        (told("instrument", "411024", channel=QUALITY), "instrument", "xc-market-yanling", ()),
        (told("product_quality", "411025", channel=QUALITY), "product", "xc-market-xiangcheng", ()),
        # noise; a zone without police or 城管 of its own is its county's
        (told("social_noise", "411003"), "social-noise", "xc-police-jianan", ()),
        (told("social_noise", "xc-dongcheng"), "social-noise", "xc-police-weidu", ()),
        (
            told("construction_noise", "411082"),
            "construction-noise",
            "xc-urban-changge",
            ("xc-ecology-changge",),
        ),
        (
            told("construction_noise", "xc-demo-zone"),
            "construction-noise",
            "xc-urban-jianan",
            ("xc-ecology-shifan",),
        ),
        # what no rule decides is never nowhere
        (told("other", "411002"), "duty-desk", "xc-duty", ()),
        (told("other", channel=QUALITY), "duty-desk", "xc-duty", ()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_report_goes_where_the_division_of_duties_says(
    facts: Facts, rule: str, responsible: str, co: tuple[str, ...]
) -> None:
    routing = in_the_city(facts)
    assert (routing.rule, routing.responsible, routing.co) == (rule, responsible, co)


@pytest.mark.parametrize(
    ("kind", "accused", "responsible"),
    [
        ("department", "xc-ecology", "xc-discipline"),
        ("official", "xc-ecology", "xc-discipline"),
        ("department", "xc-ecology-weidu", "xc-discipline"),
        ("official", "xc-duty", "xc-discipline"),
        ("official", "xc-market", "xc-discipline"),
        ("department", UNKNOWN_DEPARTMENT, "xc-discipline"),
        ("official", None, "xc-discipline"),
        ("official", "xc-discipline", "xc-duty"),
        ("department", "xc-procuratorate", "xc-discipline"),
    ],
)
@pytest.mark.parametrize("subject_code", ["water", "data_fraud", "other"])
def test_a_report_against_officials_goes_to_discipline_inspection_whatever_it_is_about(
    subject_code: str, kind: str, accused: str | None, responsible: str
) -> None:
    routing = in_the_city(told(subject_code, "411002", kind=kind, accused=accused))
    assert (routing.rule, routing.responsible, routing.co) == ("official", responsible, ())


@pytest.mark.parametrize(
    ("facts", "responsible", "co"),
    [
        # the ecology bureau and its duty desk are one house: neither gets it
        (told("air", "411002", accused="xc-ecology"), "xc-discipline", ()),
        # the county bureau's superior is left out with it, and so is the way round through the city
        (told("air", "411002", accused="xc-ecology-weidu"), "xc-duty", ()),
        (told("data_fraud", accused="xc-ecology-weidu"), "xc-duty", ("xc-police",)),
        (told("instrument", "411081", channel=QUALITY, accused="xc-market"), "xc-duty", ()),
        # whoever should have helped leads now, and does not help itself
        (told("data_fraud", acts=("I01",), accused="xc-ecology"), "xc-discipline", ()),
        # the helper is accused: the responsible one stays, the helper is dropped
        (told("interference", accused="xc-ecology-changge"), "xc-discipline", ()),
        (told("data_fraud", accused="xc-police-weidu"), "xc-ecology", ()),
        # a bureau beside the accused one is not in its line
        (told("air", "411003", accused="xc-ecology-weidu"), "xc-ecology-jianan", ()),
    ],
)
def test_an_accused_bureau_is_gone_round(facts: Facts, responsible: str, co: tuple[str, ...]) -> None:
    routing = in_the_city(facts)
    assert (routing.responsible, routing.co) == (responsible, co)


def test_the_reason_of_a_detour_names_who_should_have_had_it_and_who_has_it() -> None:
    reason = in_the_city(told("air", "411002", accused="xc-ecology")).reason
    assert "许昌市生态环境局魏都分局" in reason
    assert "许昌市纪律检查委员会、监察委员会" in reason


def test_a_department_that_does_not_exist_is_not_called_related_to_the_accused() -> None:
    without_market = Organisation(unit for unit in CITY.units.values() if unit.kind != "market_regulation")
    routing = route(Facts(QUALITY, "instrument"), without_market, on=TODAY)
    assert routing.responsible == "xc-duty"
    assert "被举报方" not in routing.reason


def test_the_second_of_two_accused_last_resorts_is_gone_round_too() -> None:
    """Where the duty desk stands under discipline inspection, a report against either goes to the procuratorate."""
    units = [
        Unit("discipline", "纪委", "discipline", None, None),
        Unit("duty", "值班室", "duty_desk", None, "discipline"),
        Unit("procuratorate", "检察院", "procuratorate", None, None),
    ]
    facts = Facts(ENVIRONMENT, "air", accused_kind="official", accused_department="duty")
    assert route(facts, Organisation(units), on=TODAY).responsible == "procuratorate"


def test_every_rule_decides_some_report_that_the_forms_can_send() -> None:
    offered = [(channel, one) for channel in CHANNELS for one in subjects_of(channel)]
    reached = {
        in_the_city(told(one.code, channel=channel, acts=acts, kind=kind)).rule
        for (channel, one), acts, kind in product(offered, [(), ("I01",)], ACCUSED_KINDS)
        if one.asks_acts or not acts
    }
    assert reached == {rule["id"] for rule in in_force(RULES, on=TODAY)} | {"duty-desk"}


@pytest.mark.parametrize(
    ("on", "rule"),
    [(date(2011, 2, 28), "duty-desk"), (date(2019, 3, 31), "pollution-before-2019"), (date(2019, 4, 1), "pollution")],
)
def test_the_rule_is_the_one_in_force_on_the_day(on: date, rule: str) -> None:
    assert route(Facts(ENVIRONMENT, "air", county="411002"), CITY, on=on).rule == rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["id"]))
def test_a_rule_has_a_source_and_only_conditions_that_can_be_met(rule: dict[str, object]) -> None:
    vocabulary: dict[str, set[str]] = {
        "channels": set(CHANNELS),
        "subjects": {one.code for one in SUBJECTS},
        "topics": {one.topic for one in SUBJECTS},
        "counties": set(COUNTY_CODES),
        "accused_kinds": set(ACCUSED_KINDS),
        "act_groups": {act.code[0] for act in ACTS},
        "co": set(KINDS),
    }
    decision = {"id", "responsible", "level", "reason", "from", "to", "source", "verified"}
    assert set(rule) <= vocabulary.keys() | decision, "a misspelt condition would be met by every report"
    for name in vocabulary.keys() & rule.keys():
        values = rule[name]
        assert isinstance(values, list)
        assert values
        assert set(values) <= vocabulary[name]
    assert rule["responsible"] in EVER
    assert rule["level"] in ("city", "county")
    assert rule["source"]
    assert isinstance(rule["verified"], bool)


def test_rule_ids_are_used_once_and_the_fallback_s_by_none() -> None:
    ids = [rule["id"] for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert "duty-desk" not in ids


@pytest.mark.parametrize(
    ("acts", "rule"), [(("F01",), "made-up"), (("I01", "T02"), "made-up"), (("I01",), "duty-desk")]
)
def test_a_rule_for_several_groups_of_acts_fits_a_report_of_any_one(acts: tuple[str, ...], rule: str) -> None:
    made_up = {**RULES[0], "id": "made-up", "act_groups": ["T", "F"], "accused_kinds": ["company"]}
    assert route(told("data_fraud", acts=acts), CITY, on=TODAY, rules=[made_up]).rule == rule


def test_an_unknown_subject_is_not_found() -> None:
    with pytest.raises(NotFound):
        subject("weather")


def test_each_subject_stands_under_a_channel_and_names_its_source() -> None:
    assert {one.code for channel in CHANNELS for one in subjects_of(channel)} == {one.code for one in SUBJECTS}
    assert {one.code for one in subjects_of(ENVIRONMENT)} & {one.code for one in subjects_of(QUALITY)} == {
        "data_fraud",
        "other",
    }
    assert all(
        row["source"] and row["verified"] in (True, False) for row in load_table("intake/subjects.toml")["subject"]
    )
