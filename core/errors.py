"""Refusals that carry what a person needs to know. One place (core.web.errors) turns them into pages."""

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# A sentence for people: ready, or translated when it is shown. flask_babel has no types, so LazyString reads as Any.
Text: TypeAlias = str | LazyString


class DomainError(Exception):
    """Something the rules refuse. `code` is stable and for machines, `message` is for people."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    default_message: ClassVar[Text] = _l("这一步不能完成。")

    def __init__(self, message: Text | None = None, **data: object) -> None:
        self.message = message or self.default_message
        self.data = data
        super().__init__(self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code


class NotFound(DomainError):
    code = "not_found"
    status = 404
    default_message = _l("没有找到您要的内容。")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    default_message = _l("您的账号没有这项权限。")


class SignInRequired(DomainError):
    code = "sign_in_required"
    status = 401
    default_message = _l("请先登录。")


class Gone(DomainError):
    """A record that was public and no longer is: why (`reason`), on what authority (`basis`), never the subject.

    `ground` is the stable word for machines: withdrawn, expired, repaired.
    """

    code = "gone"
    status = 410
    default_message = _l("这条记录已不再公开。")

    def __init__(self, reason: Text, *, basis: Text | None = None, ground: str = "withdrawn") -> None:
        super().__init__(reason, basis=basis, ground=ground)
        self.basis, self.ground = basis, ground


class IllegalStep(DomainError):
    code = "illegal_step"
    status = 409
    default_message = _l("当前状态下不能进行这一步。")


class InvalidInput(DomainError):
    """`errors` maps a field to its sentence."""

    code = "invalid_input"
    status = 422
    default_message = _l("填写的内容有误，请检查。")

    def __init__(self, errors: Mapping[str, Text]) -> None:
        super().__init__(fields=sorted(errors))
        self.errors = dict(errors)


class TooManyRequests(DomainError):
    code = "too_many_requests"
    status = 429
    default_message = _l("操作太频繁，请过几分钟再试。")
