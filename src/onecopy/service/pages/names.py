"""What things are called on pages, marked for the catalogue."""

from onecopy.model import Relation
from onecopy.policy.rules import Action
from onecopy.service.pages.words import N_
from onecopy.service.roles import Role

ROLES = {
    Role.UPLOADER: N_("Uploader"),
    Role.REVIEWER: N_("Reviewer"),
    Role.RECORDS_OFFICER: N_("Records officer"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
RELATIONS = {
    Relation.SAME_BYTES: N_("Identical file"),
    Relation.SAME_DATA: N_("Identical picture"),
    Relation.SAME_IMAGE: N_("Same image, saved again"),
    Relation.EDITED: N_("Edited or cropped"),
    Relation.UNCLEAR: N_("Unclear"),
    Relation.SAME_SCENE: N_("Same scene"),
    Relation.SAME_FORM: N_("Same form"),
    Relation.DISTINCT: N_("Different"),
}
"""As in the report (:data:`onecopy.report.words.NAMES`)."""
ACTIONS = {
    Action.STORE: N_("Stored"),
    Action.LINK: N_("Linked"),
    Action.HOLD: N_("Held"),
    Action.REJECT: N_("Rejected"),
}
