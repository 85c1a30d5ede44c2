"""What things are called on pages, marked for the catalogue."""

from onecopy.audit.event import Kind
from onecopy.catalog.imports import State
from onecopy.catalog.webhooks import Happened
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

OUTCOMES = {
    "store": N_("stored"),
    "link": N_("linked"),
    "hold": N_("held"),
    "hold by 2": N_("held for two people"),
    "reject": N_("rejected"),
}
"""What becomes of an upload, as :func:`onecopy.policy.replay.outcome` says it."""
EVENTS = {
    Kind.UPLOAD_STORED: N_("Upload stored"),
    Kind.UPLOAD_LINKED: N_("Upload linked"),
    Kind.UPLOAD_HELD: N_("Upload held"),
    Kind.UPLOAD_REJECTED: N_("Upload rejected"),
    Kind.REVIEW_DECIDED: N_("Question decided"),
    Kind.REVIEW_PROPOSED: N_("Answer given, another is needed"),
    Kind.REVIEW_UNDONE: N_("Answer taken back"),
    Kind.CURRENT_CHANGED: N_("Current version changed"),
    Kind.OCCURRENCE_DELETED: N_("Occurrence deleted"),
    Kind.CONTENT_DELETED: N_("Bytes removed"),
    Kind.CONTENT_PACKED: N_("Bytes packed"),
    Kind.CONTENT_UNPACKED: N_("Bytes unpacked"),
    Kind.POLICY_CHANGED: N_("Policy changed"),
    Kind.AGREEMENT_MADE: N_("Agreement made"),
    Kind.AGREEMENT_ENDED: N_("Agreement ended"),
    Kind.TOKEN_CREATED: N_("Token made"),
    Kind.TOKEN_REVOKED: N_("Token revoked"),
    Kind.PERSON_ADDED: N_("Person added"),
    Kind.PERSON_REMOVED: N_("Person removed"),
    Kind.SIGNED_IN: N_("Signed in"),
    Kind.IMPORT_CREATED: N_("Import begun"),
    Kind.IMPORT_PAUSED: N_("Import paused"),
    Kind.IMPORT_RESUMED: N_("Import resumed"),
    Kind.IMPORT_CANCELLED: N_("Import cancelled"),
    Kind.IMPORT_ENDED: N_("Import ended"),
    Kind.WEBHOOK_CREATED: N_("Webhook made"),
    Kind.WEBHOOK_ROTATED: N_("Webhook given a new secret"),
    Kind.WEBHOOK_DISABLED: N_("Webhook switched off"),
    Kind.WEBHOOK_ENABLED: N_("Webhook switched on"),
    Kind.WEBHOOK_DELETED: N_("Webhook deleted"),
}
"""What happened. A kind that is not named here is shown as it is."""

TOLD = {
    Happened.UPLOAD_STORED: N_("Upload stored"),
    Happened.UPLOAD_LINKED: N_("Upload linked"),
    Happened.UPLOAD_HELD: N_("Upload held"),
    Happened.UPLOAD_REJECTED: N_("Upload rejected"),
    Happened.REVIEW_DECIDED: N_("Question decided"),
    Happened.CASE_CURRENT_CHANGED: N_("Current version changed"),
}
"""What webhooks are told of."""

IMPORT_STATES = {
    State.RECEIVING: N_("Being written down"),
    State.RUNNING: N_("Running"),
    State.PAUSED: N_("Paused"),
    State.CANCELLED: N_("Cancelled"),
    State.DONE: N_("Done"),
}

FIELDS = {
    "agency": N_("Agency"),
    "answer": N_("Answer"),
    "days": N_("Days"),
    "email": N_("E-mail address"),
    "for": N_("For"),
    "holder": N_("Holder"),
    "name": N_("Name"),
    "note": N_("Note"),
    "role": N_("Role"),
    "seeker": N_("Agency that may match them"),
    "text": N_("Text"),
    "url": N_("Address"),
}
"""Fields of forms, where what somebody entered is shown again. One that is not named is shown as it is."""

SOURCES = {
    "digitalCapture": N_("captured with a camera"),
    "computationalCapture": N_("captured and computed from several frames"),
    "multiFrameComputationalCapture": N_("captured and computed from several frames"),
    "negativeFilm": N_("digitised from a negative"),
    "positiveFilm": N_("digitised from a positive"),
    "print": N_("digitised from a print"),
    "humanEdits": N_("edited by a person"),
    "minorHumanEdits": N_("edited by a person"),
    "algorithmicallyEnhanced": N_("enhanced by an algorithm"),
    "composite": N_("composed of several pictures"),
    "compositeCapture": N_("composed of several captures"),
    "compositeSynthetic": N_("composed, with synthetic parts"),
    "compositeWithTrainedAlgorithmicMedia": N_("composed, with parts made by a generative model"),
    "trainedAlgorithmicMedia": N_("made by a generative model"),
    "algorithmicMedia": N_("made by an algorithm"),
    "digitalArt": N_("drawn on a computer"),
    "digitalCreation": N_("made on a computer"),
    "dataDrivenMedia": N_("made from data"),
    "screenCapture": N_("a screenshot"),
    "virtualRecording": N_("recorded in a virtual scene"),
}
"""How a picture came about, as it says: names of the IPTC's list. One that is not named is shown as it is."""

PROBLEMS = {
    "truncated": N_("It ends too early. Get a complete copy."),
    "corrupt": N_("It is damaged. Get a sound copy."),
    "too-many-pixels": N_("It has too many pixels to be read here. Raise the limit, or send a smaller one."),
    "too-large": N_("It is too large to be read here. Split it, or raise the limit."),
    "too-many-images": N_("It has more images than are read of one file. Split it, or raise the limit."),
    "unsupported-format": N_("Its format is not read here. Convert it to one that is."),
    "needs-extra": N_("Its format needs a part that is not installed. Ask your administrator."),
    "decode-timeout": N_("Reading it took too long. Send a simpler copy, or raise the limit."),
    "out-of-memory": N_("Reading it needs more memory than one file may use. Split it, or raise the limit."),
    "worker-died": N_("It ended the process that read it. Get a sound copy."),
    "encrypted": N_("It is encrypted. Send it without a password."),
    "nested-too-deep": N_("It is nested too deeply. Unpack it, and send what is inside."),
    "not-an-image": N_("It is not an image in any format known here."),
    "empty-file": N_("It is empty. Ask for it again."),
}
"""Why a file could not be read, by its code, for languages that its own message is not in."""
