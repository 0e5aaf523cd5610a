"""Personal data in a text: what it is, where it stands, and what may stand there instead. Nothing is changed here.

Resident number: GB 11643-1999 with its check character, and the old form beside its word. Mobile, landline, bank card
(Luhn), plate, e-mail, QQ, WeChat, passport, home address, name of a natural person. Digits in full width, in Chinese
(一三八…) and with gaps inside are read as people write them. A name is recognised by what stands around it, not alone.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.identifiers import check_uscc
from core.surnames import DOUBLE, GIVEN, NOT_NAMES, SINGLE, family_name

_CHINESE_DIGITS = str.maketrans("〇零○一壹幺二贰三叁四肆五伍六陆七柒八捌九玖", "0001112233445566778899")
_GAP = r"[\s\-‐-―·.]{0,2}"
_TEN, _OLD_LENGTH = 10, 15
_RESIDENT_WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
_RESIDENT_CHECKS = "10X98765432"
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"

# What may never stay, whatever the reason: nothing that is public has use for it.
NEVER_PUBLIC = frozenset({"resident_number", "passport", "mobile", "bank_card", "qq", "wechat"})
# Read aloud and written down in Chinese digits, too.
SPOKEN = frozenset({"resident_number", "mobile"})
REPLACEMENTS = {
    "resident_number": "（身份证号略）",
    "passport": "（护照号略）",
    "mobile": "（电话略）",
    "landline": "（电话略）",
    "bank_card": "（账号略）",
    "plate": "（车牌号略）",
    "email": "（邮箱略）",
    "qq": "（QQ号略）",
    "wechat": "（微信号略）",
    "address": "（住址略）",
}


@dataclass(frozen=True)
class Finding:
    """`text` is the text from `start` to `end` exactly as it stands."""

    kind: str
    start: int
    end: int
    text: str


def findings(text: str, *, names: Iterable[str] = (), with_context: bool = True) -> list[Finding]:
    """What stands in `text`, in order and without overlap. `names` are known and found wherever they stand.

    `with_context` False leaves out what only its surroundings give away: names and addresses.
    """
    folded, places = _folded(text)
    found: list[Finding] = []
    for kind, start, end in _candidates(folded, [_fold(name) for name in names], with_context=with_context):
        first, last = places[start], places[end - 1] + 1
        place = bisect_left(found, first, key=lambda one: one.start)
        is_free = (place == 0 or found[place - 1].end <= first) and (place == len(found) or last <= found[place].start)
        if is_free:
            found.insert(place, Finding(kind, first, last, text[first:last]))
    return found


def masked_names(names: Sequence[str]) -> dict[str, str]:
    """张某某 for each; several of one family name in the same case are 张某1, 张某2, in the order given."""
    plain = list(dict.fromkeys(name for name in names if name))
    same: dict[str, list[str]] = {}
    for name in plain:
        same.setdefault(family_name(_fold(name).strip()), []).append(name)
    masks = {}
    for family, bearers in same.items():
        for number, name in enumerate(bearers, 1):
            masks[name] = name if "某" in name else f"{family}某{number if len(bearers) > 1 else '某'}"
    return masks


def replacement(finding: Finding, masks: Mapping[str, str]) -> str:
    return masks.get(finding.text, f"{finding.text[:1]}某某") if finding.kind == "name" else REPLACEMENTS[finding.kind]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in half width, and for each of its characters the place where it came from."""
    folded, places = [], []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character):
            folded.append(one)
            places.append(place)
    return "".join(folded), places


def _candidates(text: str, names: Sequence[str], *, with_context: bool) -> Iterator[tuple[str, int, int]]:
    digits = text.translate(_CHINESE_DIGITS)
    for kind, pattern, is_real in _PATTERNS:
        for read in (text, digits) if kind in SPOKEN else (text,):
            for match in pattern.finditer(read):
                group = 1 if match.lastindex else 0
                if is_real(re.sub(r"[^0-9A-Za-z]", "", match.group(group)).upper()):
                    yield kind, *match.span(group)
    for name in sorted(filter(None, names), key=len, reverse=True):
        yield from (("name", match.start(), match.end()) for match in re.finditer(re.escape(name), text))
    if with_context:
        yield from (("address", *span) for span in _addresses(text))
        yield from (("name", *span) for span in _names(text))


def _is_resident_number(number: str) -> bool:
    if len(number) == _OLD_LENGTH:
        return _is_day(number[8:10], number[10:12])
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11] == number[17] and _is_day(number[10:12], number[12:14])


def _is_day(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_bank_card(number: str) -> bool:
    """A company's credit code may be all digits and pass Luhn's test as well."""
    return _passes_luhn(number) and check_uscc(number).problem is not None


def _passes_luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled >= _TEN else doubled
    return total % _TEN == 0


def _always(_text: str) -> bool:
    return True


def _has_two_digits(text: str) -> bool:
    return sum(one.isdigit() for one in text) >= len("12")


_WORD = r"[\s:：为是系号码]{0,4}"
_PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    (
        "resident_number",
        re.compile(rf"(?<![\dA-Za-z])[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx](?![\dA-Za-z])"),
        _is_resident_number,
    ),
    ("resident_number", re.compile(rf"(?:身份证|证件){_WORD}([1-9]\d{{14}})(?!\d)"), _is_resident_number),
    ("resident_number", re.compile(rf"(?:身份证|身份号){_WORD}([1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx])(?!\d)"), _always),
    ("resident_number", re.compile(r"(?<!\d)([1-9]\d{5}[*xX×]{4,8}\d{3}[\dXx])(?![\dA-Za-z])"), _always),
    ("passport", re.compile(rf"护照{_WORD}([A-Za-z][A-Za-z0-9]\d{{7}})(?!\d)"), _always),
    ("bank_card", re.compile(r"(?<![\dA-Za-z])([1-9](?:[\s\-]?\d){15,18})(?![\dA-Za-z])"), _is_bank_card),
    (
        "bank_card",
        re.compile(rf"(?:账号|帐号|卡号|银行卡){_WORD}([1-9](?:[\s\-]?\d){{11,20}})(?![\dA-Za-z])"),
        _always,
    ),
    ("mobile", re.compile(rf"(?<!\d)((?:\+|00)?(?:86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}})(?!\d)"), _always),
    (
        "landline",
        re.compile(r"(?<![\d\-])(\(?0[1-9]\d{1,2}\)?[\s\-‐-―]{0,3}[2-8]\d{6,7}(?:(?:转|-)\s?\d{1,5})?)(?!\d)"),
        _always,
    ),
    ("landline", re.compile(r"(?:电话|座机|传真|固话)[\s:：为是号码]{0,4}([2-8]\d{6,7})(?!\d)"), _always),
    ("email", re.compile(r"([A-Za-z0-9][\w.+\-]*@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)", re.ASCII), _always),
    ("qq", re.compile(rf"(?<![A-Za-z0-9_\-])(?i:qq|扣扣)(?:邮箱|群)?{_WORD}([1-9]\d{{4,11}})(?!\d)"), _always),
    (
        "wechat",
        re.compile(rf"(?:微信|薇信|(?<![\w\-])(?i:wechat|weixin|vx))(?i:id)?{_WORD}([A-Za-z][\w\-]{{5,19}})", re.ASCII),
        _always,
    ),
    (
        "plate",
        re.compile(
            rf"([{_PROVINCES}][A-HJ-NP-Z][·•\s\-]?(?:[A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[挂学警港澳领使]))(?![A-Za-z0-9])"
        ),
        _has_two_digits,
    ),
)

_HOME = re.compile(
    r"(?:(?<![国多几各户])家住(?!户)|现住址?|家庭住址|住址|户籍(?:所在地|地址|地)|经常居住地|居住地)[为是在于系:：\s]{0,3}(?!的)"
)
_PART = r"[\u4e00-\u9fffA-Za-z0-9\-]"
_DWELLING = re.compile(
    r"\d+(?:号楼|栋|幢|楼|号院\d*号?楼?)\s?(?:[\d一二三四五六甲乙东西]+单元)?\s?\d{1,4}(?:室|户|号房?)"
    r"|(?:村|庄|寨|社区)[\d一二三四五六七八九十]+组\s?(?:附)?\d+号"
)
_BEFORE_ADDRESS = re.compile(r"住址|地址|投诉所称|距离|[住在至到系为的对有称距由该于达往]")


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in _HOME.finditer(text):
        after = re.match(rf"{_PART}{{4,40}}", text[match.end() :])
        if after:
            yield match.end(), match.end() + after.end()
    for match in _DWELLING.finditer(text):
        before = re.search(rf"{_PART}{{0,30}}$", text[: match.start()])
        start = match.start() - len(before.group()) if before else match.start()
        cut = max((one.end() for one in _BEFORE_ADDRESS.finditer(text[start : match.start()])), default=0)
        yield start + cut, match.end()


_ROLES = (
    "法定代表人|法人代表|负责人|主要负责人|经营者|投资人|实际控制人|当事人|被处罚人|违法行为人|联系人|举报人|投诉人|反映人|来电人|来访人|"
    "信访人|证人|员工|职工|工人|操作工|操作员|采样员|采样人员|分析员|分析人员|检测员|检测人员|监测员|运维员|运维人员|审核人|审核员|签发人|"
    "授权签字人|签字人|报告编制人|厂长|总经理|副总经理|经理|站长|副站长|主任|科长|局长|所长|队长|村民|居民|业主|户主|司机|驾驶员|姓名|"
    "我叫|名叫|叫做|老板|书记|院长|校长|组长|班长|民警|会计|出纳|保安|门卫|死者|伤者|被告人|原告|申请人|委托代理人|代理人|实验员|化验员|技术员|专员|副总|总监|主管|车主|船主|受送达人|收件人|收货人|经办人|嫌疑人|雇员|临时工|合伙人|董事长|董事|监事|人员|请联系|询问|法人|股东|监护人|房东|责任人|责任人员|经营人|承包人|送样人|收样人|采样人|记录人|复核人|校核人|编制人|批准人|检查人|被检查人|审批人|承办人|见证人|受害人|相对人|工程师|店主|摊主|企业主|老板娘|支书|"
    "村主任|群众|市民|网友|商户|家长|教师|医生|护士|妻子|丈夫|儿子|女儿|父亲|母亲|其妻|其夫|其子|其女|他叫|她叫|名为|自称|财务|同事|乘客|租户|租客|股民|队员"
)
# Above a signature the act stands instead of the role: only with its colon.
_SIGNED = (
    "采样|分析|检测|监测|复核|校核|审核|编制|批准|签发|记录|填表|填报|审批|送样|收样|质控|经办|联系|姓名|调查|询问|见证"
)
_BEFORE_NAME = re.compile(rf"(?:(?:{_ROLES}|[\u4e00-\u9fff]员)([:：为是系叫\s]{{0,2}})|(?:{_SIGNED})([:：]\s?))")
# Family names that are common words as well: believed only where a colon or a title says that a name follows.
_DOUBTFUL = frozenset("和向都能终通时代管应于全查那经安平成明公相关广许高简国文从习权益印党红养水幸温暴富居卫连强")
_NEVER_GIVEN = frozenset(
    "的了在是与及或其不区部门府您我你他们这那有无物所被级位事用住员校表未将行局镇乡村县市场厂矿店等对称"
)
_AFTER_NAME = (
    r"(?=$|\d|[\s，。、；：:,;.（()）\]】”\"'！？]|[和与及同]|等|在|将|对|于|的|向|因|称|说|承认|指使|签|介绍|供述|操作|陈述|表示|未|曾|已|被|把|用|通过|擅自|私自|"
    r"多次|伪造|篡改|男|女|先生|女士|出生|身份|电话|手机|家|到|来|去|为|是|系|反映|举报|投诉|授意|安排|组织|参与|负责|联名|驾驶|共同|签名|确认|同意|认可|得知|默许|拒绝|提供|当场|本人|两人|二人|三人|之|供认|供称|辩称|自称|回忆|交代|交待|证实|远程|轮班|逾期|拒不|默许|代为|作为|协调|安排|没有|不服|不予|均|也|还|并|从|以|按|先后|兄弟|夫妇|夫妻|父子|移送|要求|来电|来信|处)"
)
_FAMILY = f"(?:{'|'.join(DOUBLE)}|[{''.join(sorted(SINGLE))}])"
_GIVEN = f"(?![{_NEVER_GIVEN}])[\u4e00-\u9fff]"
_NAME = re.compile(rf"({_FAMILY}{_GIVEN}{_GIVEN}|{_FAMILY}{_GIVEN}){_AFTER_NAME}")
_LIKELY = f"[{''.join(sorted(GIVEN))}]"
# Not after any word, but where a name may begin: after a role's last character, a preposition, a mark.
_MAY_BEGIN = r"(?:(?<![\u4e00-\u9fff])|(?<=[员人长任理管机主叫派据由向经和与及令请被师傅工]))"
_PLAIN = re.compile(
    rf"{_MAY_BEGIN}({_FAMILY}{_LIKELY}{{2}})(?![局厅部院校区县市镇乡村路街河湖园厂矿站店楼公])"
    rf"|{_MAY_BEGIN}({_FAMILY}{_LIKELY})(?=[（(、，。；）)]|[和与及]{_FAMILY}|编制|审核|签发|签字|二人|两人|到场|交代|供述|承认|修改|指使)"
)
_TITLED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[由经向对与和及请给被为是令据派让找]))({_FAMILY}{_GIVEN}(?:{_GIVEN})?)(?=先生|女士|小姐|同志|师傅|老师|兄弟|夫妇|夫妻|父子|[（(](?:男|女|身份证|公民身份)|[，,](?:男|女)[，,。]|承认|供述|供认|供称|辩称|交代|交待|回忆|证实|多次来|拒绝签|当场签|签字|签收|本人|陈述称|指使|授意|在(?:调查|询问|笔录)|系实际|保管|记录|处以)"
)
_JOINED = re.compile(r"[、和与及]")


def _names(text: str) -> Iterator[tuple[int, int]]:
    for match in _BEFORE_NAME.finditer(text):
        place = match.end()
        while (name := _NAME.match(text, place)) and _can_be_a_name(name[1], is_sure=bool(match[1] or match[2])):
            yield name.span(1)
            if not _JOINED.match(text, name.end(1)):
                break
            place = name.end(1) + 1
    for match in _PLAIN.finditer(text):
        group = 1 if match[1] else 2
        if _can_be_a_name(match[group], is_sure=False):
            yield match.span(group)
    for match in _TITLED.finditer(text):
        if _can_be_a_name(match[1], is_sure=True):
            yield match.span(1)


def _can_be_a_name(word: str, *, is_sure: bool) -> bool:
    if word in NOT_NAMES or "某" in word:
        return False
    return is_sure or word[0] not in _DOUBTFUL or word[:2] in DOUBLE
