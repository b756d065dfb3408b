"""What a group must be, who may see inside it, and when a chair may go. Pure."""

import re
from collections.abc import Mapping

from server.errors import Invalid
from server.web import slugs
from tables.groups import GroupRole, GroupState

LIVING = (GroupState.active, GroupState.dormant)
LONGEST_SLUG = 76  # leaves room for the number of a second group of that name
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check(values: Mapping[str, object]) -> None:
    """What a group must have, whichever form it came from. Raises Invalid with every problem."""
    problems: dict[str, str] = {}
    if not str(values.get("name") or "").strip():
        problems["name"] = "errors.field.required"
    slug = str(values.get("slug") or "")
    if slug and not SLUG.fullmatch(slug):
        problems["slug"] = "groups.field.slug.letters"
    if problems:
        raise Invalid(**problems)


def slug_of(name: str) -> str:
    """`werkgroep-scholing`: the name in plain letters."""
    return slugs.slug_of(name, otherwise="groep", most=LONGEST_SLUG)


def may_see(state: str, *, is_public: bool, is_in_group: bool, is_board: bool) -> bool:
    """Whether a reader may know of a group: others see only public ones that are at work."""
    return is_board or is_in_group or (is_public and state in LIVING)


def leaves_nobody_in_the_chair(role: str, *, other_chairs: int, others: int) -> bool:
    """The last chair hands over first, unless nobody else is left in the group."""
    return role == GroupRole.chair and other_chairs == 0 and others > 0


def may_ask(state: str, *, is_member: bool, has_seat: bool) -> bool:
    """Whether "ask for a seat" is offered: to members without one, in a group at work."""
    return is_member and not has_seat and state in LIVING
