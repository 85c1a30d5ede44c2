"""What each role may do. Every endpoint names the one permission that it needs."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the gate. The records of other agencies are closed to all of them."""

    UPLOADER = "uploader"
    """A portal: sends uploads, and reads back what its agency holds."""
    REVIEWER = "reviewer"
    """Looks at what is held, and decides about it."""
    RECORDS_OFFICER = "records-officer"
    """Answers for the records: sends, reads and deletes, and sees the audit log and the agreements."""
    AUDITOR = "auditor"
    """Sees who decided what, and who may do what; no pictures."""
    ADMINISTRATOR = "administrator"
    """May do everything, tokens and agreements included."""


class Permission(StrEnum):
    """What an endpoint needs."""

    SEND = "send uploads and checks"
    READ = "read occurrences and cases"
    CONTENT = "read the bytes of uploads"
    DELETE = "delete occurrences"
    QUESTIONS = "read questions"
    REVIEW = "answer questions"
    RULES = "turn answers into rules"
    POLICY = "read the policy"
    AUDIT = "read the audit log"
    AGREEMENTS = "read agreements"
    AGREE = "make and end agreements"
    TOKENS = "read the list of tokens"
    GRANT = "make and revoke tokens"
    FIGURES = "see the dashboard"
    ADOPT = "change the policy"
    HEALTH = "see whether the service is well"
    WEBHOOKS = "read webhooks and what they were told"
    TELL = "make, try and delete webhooks"
    WATCH = "read the metrics of the service"
    IMPORT = "take archives in"


_READ = frozenset({Permission.READ, Permission.POLICY})
_REVIEW = frozenset({Permission.QUESTIONS, Permission.REVIEW})
_OVERSEE = frozenset(
    {
        Permission.AUDIT,
        Permission.AGREEMENTS,
        Permission.FIGURES,
        Permission.HEALTH,
        Permission.WEBHOOKS,
    }
)

MAY: dict[Role, frozenset[Permission]] = {
    Role.UPLOADER: _READ | {Permission.SEND, Permission.CONTENT},
    Role.REVIEWER: _READ | _REVIEW | {Permission.CONTENT, Permission.FIGURES},
    Role.RECORDS_OFFICER: _READ
    | _OVERSEE
    | _REVIEW
    | {Permission.SEND, Permission.CONTENT, Permission.DELETE}
    | {Permission.RULES, Permission.ADOPT, Permission.IMPORT},
    Role.AUDITOR: _READ | _OVERSEE | {Permission.TOKENS, Permission.WATCH, Permission.QUESTIONS},
    Role.ADMINISTRATOR: frozenset(Permission),
}
