"""Who may do what: permissions, and the roles that bundle them."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Permission(StrEnum):
    DRAFT_DISCLOSURE = "draft_disclosure"
    REVIEW_DISCLOSURE = "review_disclosure"
    ANSWER_CONSULTATION = "answer_consultation"
    IMPORT_DATA = "import_data"
    HANDLE_REPORT = "handle_report"
    DECIDE_EXTENSION = "decide_extension"
    SUPERVISE_REPORTS = "supervise_reports"
    RECORD_REPORT = "record_report"
    OPEN_IDENTITY = "open_identity"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"
    SEE_DELIVERIES = "see_deliveries"
    MANAGE_RULES = "manage_rules"


class Role(StrEnum):
    EDITOR = "editor"
    APPROVER = "approver"
    CONSULTEE = "consultee"
    OFFICER = "officer"
    HEAD = "head"
    OPERATOR = "operator"
    CUSTODIAN = "custodian"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.EDITOR: _l("编辑"),
    Role.APPROVER: _l("审核"),
    Role.CONSULTEE: _l("会商联系人"),
    Role.OFFICER: _l("经办人"),
    Role.HEAD: _l("部门负责人"),
    Role.OPERATOR: _l("话务员"),
    Role.CUSTODIAN: _l("身份保管员"),
    Role.SUPERVISOR: _l("督办"),
    Role.ADMINISTRATOR: _l("管理员"),
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.EDITOR: frozenset({Permission.DRAFT_DISCLOSURE, Permission.IMPORT_DATA}),
    Role.APPROVER: frozenset({Permission.REVIEW_DISCLOSURE}),
    Role.CONSULTEE: frozenset({Permission.ANSWER_CONSULTATION}),
    Role.OFFICER: frozenset({Permission.HANDLE_REPORT}),
    Role.HEAD: frozenset({Permission.HANDLE_REPORT, Permission.DECIDE_EXTENSION, Permission.ANSWER_CONSULTATION}),
    Role.OPERATOR: frozenset({Permission.RECORD_REPORT}),
    Role.CUSTODIAN: frozenset({Permission.OPEN_IDENTITY}),
    Role.SUPERVISOR: frozenset({Permission.SUPERVISE_REPORTS}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.DRAFT_DISCLOSURE,
            Permission.REVIEW_DISCLOSURE,
            Permission.IMPORT_DATA,
            Permission.MANAGE_ACCOUNTS,
            Permission.READ_AUDIT,
            Permission.SEE_DELIVERIES,
            Permission.MANAGE_RULES,
        }
    ),
}


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    return frozenset().union(*(ROLE_PERMISSIONS[Role(role)] for role in roles))
