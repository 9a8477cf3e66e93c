"""What the author's page says beyond its template, by the names that frontend/src/tour/author asks for."""

from __future__ import annotations

from django.utils.translation import gettext as _


def author_words() -> dict[str, str]:
    return {
        "picture": _("The picture: tripod, faces, tone"),
        "filmHint": _("This scene is a film; it is not retouched."),
        "nadir": _("Straight below"),
        "nadirs": "|".join([_("as it is"), _("blurred"), _("painted on from around"), _("a mark or logo")]),
        "reach": _("How far it reaches (degrees)"),
        "mark": _("The mark"),
        "cover": _("Cover it"),
        "asItCame": _("Take the picture as it came in"),
        "fov": _("Field of view of a lens (degrees)"),
        "again": _("Make it again"),
        "isFisheye": _("It is a fisheye pair"),
        "masks": _("Faces and number plates"),
        "lookForFaces": _("Look for faces and plates"),
        "beingLooked": _("Being looked through…"),
        "maskHere": _("Mask what is in the middle"),
        "noFaces": _("None were found. Look for yourself too: small and turned faces are missed."),
        "layMasks": _("Lay the chosen masks"),
        "face": _("Face"),
        "plate": _("Plate"),
        "own": _("Place in the picture"),
        "mask": _("Mask"),
        "leave": _("Leave"),
        "lookAt": _("Look there"),
        "before": _("Before"),
        "after": _("After"),
        "take": _("Take it"),
        "takeAll": _("Take all"),
        "leaveIt": _("Leave it"),
        "close": _("Close"),
        "asking": _("Being compared…"),
        "toneTitle": _("One light for all scenes"),
        "toneHint": _(
            "Scenes with the same time of day are brought to the middle of their light. Take what looks right."
        ),
        "toneNone": _("The scenes have one light already, or there are fewer than two of one time of day."),
        "linksTitle": _("Links by place and compass"),
        "linksHint": _("Take what is a way; drag the links to their exact place afterwards."),
        "linksNone": _(
            "Nothing to propose: photos with GPS, or places on the plan, are needed in two scenes at least."
        ),
        "byPlan": _("by the plan"),
        "noNorth": _("north is not known here: it begins ahead"),
        "routeTitle": _("Title of the route"),
        "addRoute": _("Add a route"),
        "removeRoute": _("Remove the route"),
        "addStop": _("Add a stop: this scene and view"),
        "removeStop": _("Remove the stop"),
        "seconds": _("Seconds, at least"),
        "stopText": _("What is told here"),
        "english": _("English"),
        "narration": _("Recording"),
        "noRecording": _("Send a recording below to have this stop spoken."),
        "turnAt": _("After seconds"),
        "addTurn": _("The picture turns to this view"),
        "earlier": _("Earlier"),
        "later": _("Later"),
        "filmWords": _("Captions of the film"),
        "transcript": _("Transcript"),
        "sendFile": _("Send a file…"),
    }
