"""The people of the story, without a database."""

from server.demo import names


def test_no_two_people_have_one_address() -> None:
    everybody = [*names.fixed().values(), *names.members(), *names.contacts()]

    assert len({one.email for one in everybody}) == len(everybody) == 69
