"""Receipts that whoever tries the demo may use, the same in every demo; offered on the page that asks for one.

Everybody knows them: they stand for invented reports alone, and for a draft that nobody sent.
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.config import Settings
from core.errors import Text
from intake import receipt, saved_drafts
from intake.receipt import ReceiptKeys
from intake.saved_drafts import Room

ANSWERED, CLOSED, PUT_ASIDE = "41100020260715000175", "41100020260823000281", "41100020260926000394"
SHOWS: dict[str, Text] = {
    ANSWERED: _l("已答复的举报：看答复、补充、打分、申请奖励"),
    CLOSED: _l("已办结的举报：打分、申请奖励"),
    PUT_ASIDE: _l("没写完、以后再写的举报：从停下的地方接着写"),
}
_DRAFT = {
    "channel": "12369",
    "subject": "water",
    "acts": [],
    "county": "411024",
    "place": "清潩河闸口往下两百米",
    "accused_kind": "unknown",
    "accused_name": "",
    "when": "这个月每逢下雨的夜里",
    "at": "words",
}


def offered_receipts() -> list[tuple[str, Text]]:
    return [(receipt.shown(code), what) for code, what in SHOWS.items()]


def keys_of(code: str, settings: Settings) -> ReceiptKeys:
    return receipt.receipt_keys(code, settings.read_secret(settings.receipt_pepper_file))


def seed_draft(session: Session, on: date, keys: ReceiptKeys) -> None:
    saved_drafts.begin(session, keys, _DRAFT, on, Room(0, 0))
