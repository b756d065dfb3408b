"""What a place that is passed on costs the colleague, and what its giver is told of money."""

from server import language
from server.admission import passed_on
from server.admission.passed_on import Cost
from server.people import service as people
from server.registrations import queries
from server.registrations.queries import RegistrationView


async def of_address(view: RegistrationView, email: str) -> Cost:
    """What the place costs who has this address; who is not known pays as anybody."""
    person = await people.find_by_email(email)
    return await of_person(view, person.id if person else None)


async def of_person(view: RegistrationView, person_id: int | None) -> Cost:
    """What the place costs somebody."""
    own = await queries.find(view.event_id, person_id) if person_id is not None else None
    own_id = own.id if own else None
    return await passed_on.cost(view.event_id, view.starts_at, view.id, person_id, own_id)


def in_words(view: RegistrationView, found: Cost, said: str) -> str:
    """A sentence for the colleague; nothing where nobody pays."""
    if not found.price_cents and not found.paid_cents and not view.price_cents:
        return ""
    kind = "rest" if found.due_cents and found.paid_cents else "due" if found.due_cents else "free"
    if kind == "free" and found.price_cents:
        kind = "settled"
    return language.text(
        said,
        f"registrations.for_you.{kind}",
        price=language.money(found.price_cents, said),
        paid=language.money(found.paid_cents, said),
        due=language.money(found.due_cents, said),
    )


def for_giver(view: RegistrationView, agreed: Cost, colleague: str) -> str:
    """A sentence for who gave the place away; nothing where nobody pays.

    It does not say what the colleague pays: that would tell whether they are a member.
    """
    if not agreed.paid_cents and not view.price_cents:
        return ""
    kind = "back" if agreed.is_settled else "paid"
    key = f"registrations.passed_on.{kind if agreed.paid_cents else 'free'}"
    return language.text(view.language, key, colleague=colleague)
