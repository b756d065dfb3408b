"""Every form that asks for an address says so when it gets none, or two."""

import pytest

from server.accounts.pages import SignInForm
from server.registrations.pages import StrangerForm as Registering
from server.talks.form import StrangerForm as Proposing
from server.web.forms import Form, Posted


@pytest.mark.parametrize("kind", [SignInForm, Registering, Proposing])
@pytest.mark.parametrize("typed", ["", "els", "a@x.nl, b@x.nl", "els@@example.org"])
def test_what_is_no_address_is_named_beside_the_field(kind: type[Form], typed: str) -> None:
    form = kind(Posted({"email": [typed]}))

    assert form.validate() is False
    assert form.problems["email"] == ["errors.field.email"]
