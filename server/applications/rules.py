"""What an application must hold. Pure."""

from dataclasses import dataclass, replace
from datetime import timedelta

from server.people import contact, registers, titles
from server.people import rules as people

CONFIRM_WITHIN = timedelta(days=7)
MOTIVATION_LENGTH = 2000


@dataclass(frozen=True)
class ApplicationForm:
    """What an applicant writes. `title` and `register` are codes of the vocabularies."""

    type_id: int
    surname: str
    email: str
    initials: str = ""
    first_name: str = ""
    prefix: str = ""
    phone: str = ""
    postcode: str = ""
    city: str = ""
    language: str = "nl"
    register: str = ""
    number: str = ""
    title: str = ""
    motivation: str = ""


def tidied(form: ApplicationForm) -> ApplicationForm:
    """As it is kept: a telephone number and a postcode in one form. Call `problems` first."""
    name = people.tidied(people.Name(surname=form.surname, prefix=form.prefix))
    return replace(
        form,
        surname=name.surname,
        prefix=name.prefix,
        email=form.email.strip(),
        phone=contact.phone(form.phone) or "",
        postcode=contact.postcode(form.postcode) or "",
        number=form.number.strip(),
    )


def problems(form: ApplicationForm, *, needs_register: bool) -> dict[str, str]:
    """Everything that is wrong at once: field → message key."""
    found: dict[str, str] = {}
    if not form.surname.strip():
        found["surname"] = "errors.field.required"
    if not people.valid_email(form.email):
        found["email"] = "errors.field.email"
    if contact.phone(form.phone) is None:
        found["phone"] = "people.field.phone.wrong"
    if contact.postcode(form.postcode) is None:
        found["postcode"] = "people.field.postcode.wrong"
    name = people.Name(
        surname=form.surname,
        initials=form.initials,
        first_name=form.first_name,
        prefix=form.prefix,
    )
    found |= titles.in_name(name, ())
    return found | _problems_of_number(form, needs_register=needs_register)


def _problems_of_number(form: ApplicationForm, *, needs_register: bool) -> dict[str, str]:
    if not form.number.strip():
        wanted = needs_register or bool(form.register)
        return {"number": "applications.field.number.needed"} if wanted else {}
    if form.register not in registers.REGISTERS:
        return {"register": "applications.field.register.needed"}
    problem = registers.check(form.register, form.number, form.title).problem
    return {"number": problem} if problem else {}
