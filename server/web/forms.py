"""Forms: every problem at once, in words, and what was typed comes back.

A field's label and hint are message keys; validators complain with message keys. `read` fills a
form from a request; `problems` lists the keys of what is wrong, by field.
"""

from collections.abc import Mapping
from typing import Any, Self

from litestar.datastructures import FormMultiDict
from litestar.exceptions import HTTPException
from wtforms import Form as WTForm
from wtforms.validators import StopValidation

from server.errors import Invalid

SAYS_ITSELF = {
    "Not a valid date value.": "errors.field.date",
    "Not a valid datetime value.": "errors.field.date",
    "Not a valid time value.": "errors.field.date",
    "Not a valid integer value.": "errors.field.number",
    "Not a valid decimal value.": "errors.field.number",
    "Not a valid float value.": "errors.field.number",
}


class _Keys:
    """What WTForms itself complains of, as our message keys; all that is left is a wrong choice."""

    def gettext(self, said: str) -> str:
        return SAYS_ITSELF.get(said, "errors.field.choice")

    def ngettext(self, one: str, _many: str, _number: int) -> str:
        return self.gettext(one)


class Posted(dict[str, list[str]]):
    """What WTForms reads: every value of every name."""

    def getlist(self, name: str) -> list[str]:
        """The values given for one name."""
        return self.get(name, [])


class Form(WTForm):  # type: ignore[misc]  # WTForms is untyped
    """Base of every form. Labels and errors are keys; `t` in the template says them."""

    class Meta:
        """How WTForms is set up for us."""

        def get_translations(self, _form: object) -> _Keys:
            """Keys instead of English sentences."""
            return _Keys()

    @classmethod
    async def read(cls, request: Any, **data: object) -> Self:
        """The form as posted; `data` fills what was not posted."""
        posted = Posted()
        for name, value in (await sent(request)).multi_items():
            if isinstance(value, str):
                posted.setdefault(name, []).append(value.replace("\x00", ""))
        return cls(posted, data=data or None)

    @property
    def problems(self) -> Mapping[str, list[str]]:
        """Field → message keys."""
        return {name: [*errors] for name, errors in self.errors.items() if name}

    def blame(self, invalid: Invalid) -> None:
        """Put the problems that a service found beside their fields."""
        for name, key in invalid.fields.items():
            field = self[name] if name in self else next(iter(self))
            field.errors = [*field.errors, key]


async def sent(request: Any) -> FormMultiDict:
    """Every field of a request as it was posted; what is no text at all is answered 400."""
    try:
        form: FormMultiDict = await request.form()
    except UnicodeDecodeError:
        raise HTTPException(status_code=400) from None
    return form


def required(key: str = "errors.field.required") -> Any:
    """The field must hold something."""

    def check(_form: WTForm, field: Any) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(key)

    vars(check)["field_flags"] = {"required": True}  # what WTForms looks for
    return check


def needed() -> Any:
    """Marks a field that must hold something, where somebody else sees to it: a file, say."""

    def mark(_form: WTForm, _field: Any) -> None:
        """Nothing to look at."""

    vars(mark)["field_flags"] = {"required": True}  # what WTForms looks for
    return mark


def optional() -> Any:
    """An empty field is fine, and then nothing else is asked of it."""

    def check(_form: WTForm, field: Any) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors = []
            raise StopValidation

    return check


def at_most(characters: int, key: str = "errors.field.too_long") -> Any:
    """The field holds at most so many characters."""

    def check(_form: WTForm, field: Any) -> None:
        if field.data and len(field.data) > characters:
            raise StopValidation(key)

    vars(check)["field_flags"] = {"maxlength": characters}  # what WTForms looks for
    return check


def stripped(value: str | None) -> str:
    """A filter: no white space around, no control characters but line breaks and tabs."""
    kept = (c for c in value or "" if c.isprintable() or c in "\n\t")
    return "".join(kept).strip()


def whole(text: object, *, digits: int = 9) -> int | None:
    """A whole number as it was sent, of no more digits than an integer of PostgreSQL always holds;
    None for anything else."""
    said = str(text or "")
    is_one = said.isascii() and said.isdecimal() and len(said) <= digits
    return int(said) if is_one else None
