"""The life of a profile. Found only while published, and only of a member in good order."""

from server.workflow import Machine
from tables.directory import Profile
from tables.directory import ProfileState as S

PROFILE = Machine(
    Profile,
    {
        "submit": ((S.draft, S.hidden), S.submitted),
        "send_back": ((S.submitted,), S.draft),
        "publish": ((S.submitted,), S.published),
        "hide": ((S.submitted, S.published), S.hidden),
    },
)
