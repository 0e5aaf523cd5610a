"""The examples that the specification publishes, written by our writer: https://wiki.open311.org/GeoReport_v2."""

import json
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from intake.open311.documents import written

NOTICE = "The City will inspect and require the responsible party to correct within 24 hours"
EXAMPLES: list[tuple[str, Any, str]] = [
    (
        "services",
        [
            {
                "service_code": "001",
                "service_name": "Cans left out 24x7",
                "description": "Garbage or recycling cans that have been left out for more than 24 hours.",
                "metadata": True,
                "type": "realtime",
                "keywords": "lorem, ipsum, dolor",
                "group": "sanitation",
            }
        ],
        """<services>
            <service>
                <service_code>001</service_code>
                <service_name>Cans left out 24x7</service_name>
                <description>Garbage or recycling cans that have been left out for more than 24 hours.</description>
                <metadata>true</metadata>
                <type>realtime</type>
                <keywords>lorem, ipsum, dolor</keywords>
                <group>sanitation</group>
            </service>
        </services>""",
    ),
    (
        "service_definition",
        {
            "service_code": "DMV66",
            "attributes": [
                {
                    "variable": True,
                    "code": "WHISHETN",
                    "datatype": "singlevaluelist",
                    "required": True,
                    "datatype_description": None,
                    "order": 1,
                    "description": "What is the ticket/tag/DL number?",
                    "values": [{"key": "123", "name": "Ford"}, {"key": "124", "name": "Chrysler"}],
                }
            ],
        },
        """<service_definition>
            <service_code>DMV66</service_code>
            <attributes>
                <attribute>
                    <variable>true</variable>
                    <code>WHISHETN</code>
                    <datatype>singlevaluelist</datatype>
                    <required>true</required>
                    <datatype_description></datatype_description>
                    <order>1</order>
                    <description>What is the ticket/tag/DL number?</description>
                    <values>
                        <value><key>123</key><name>Ford</name></value>
                        <value><key>124</key><name>Chrysler</name></value>
                    </values>
                </attribute>
            </attributes>
        </service_definition>""",
    ),
    (
        "service_requests",
        [{"service_request_id": 293944, "service_notice": NOTICE, "account_id": None}],
        f"""<service_requests>
            <request>
                <service_request_id>293944</service_request_id>
                <service_notice>{NOTICE}</service_notice>
                <account_id/>
            </request>
        </service_requests>""",
    ),
    (
        "errors",
        [{"code": 403, "description": "Invalid api_key received -- can't proceed with create_request."}],
        """<errors>
            <error>
                <code>403</code>
                <description>Invalid api_key received -- can't proceed with create_request.</description>
            </error>
        </errors>""",
    ),
]


def tree(element: Element) -> tuple[str, str, list[Any]]:
    return element.tag, (element.text or "").strip(), [tree(one) for one in element]


@pytest.mark.parametrize(("root", "content", "published"), EXAMPLES)
def test_the_published_xml_is_what_we_write(root: str, content: Any, published: str) -> None:
    ours = written(root, content, "xml")
    assert ours.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert tree(fromstring(ours)) == tree(fromstring(published))  # noqa: S314 - ours


@pytest.mark.parametrize(("root", "content", "published"), EXAMPLES)
def test_in_json_the_outer_name_falls_away(root: str, content: Any, published: str) -> None:
    assert json.loads(written(root, content, "json")) == content
    assert published
