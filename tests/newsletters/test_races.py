"""Many at once, on real commits."""

import asyncio
from datetime import timedelta

import pytest

from server.actors import ANONYMOUS
from server.newsletters import links, service
from tests.factories import NOON
from tests.newsletters.cast import (
    ANNA,
    acting,
    asked,
    consents,
    last_token,
    letters,
    mailing_list,
    person,
    states,
)

pytestmark = pytest.mark.anyio


async def test_twenty_confirmations_are_one_consent(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    token = await last_token()

    answers = await asyncio.gather(*(service.confirm(token, now=NOON) for _ in range(20)))

    assert [[one.slug for one in answer] for answer in answers] == [["nieuws"]] * 20
    assert await consents() == [("newsletter:1", "confirmed", "confirm_link")]


async def test_twenty_sign_ups_are_one_subscription_and_three_letters(db: None) -> None:
    await mailing_list("nieuws")
    await mailing_list("agenda")

    await asyncio.gather(
        *(
            service.sign_up(
                ANONYMOUS,
                asked(ANNA, *(("nieuws", "agenda") if n % 2 else ("agenda", "nieuws"))),
                now=NOON + timedelta(seconds=n),
            )
            for n in range(20)
        )
    )

    assert await states() == [(ANNA, "pending"), (ANNA, "pending")]
    assert await letters() == [("newsletter_confirm", ANNA)] * 3


async def test_a_double_click_owes_one_letter(db: None) -> None:
    await mailing_list()

    await asyncio.gather(*(service.sign_up(ANONYMOUS, asked(), now=NOON) for _ in range(3)))

    assert await letters() == [("newsletter_confirm", ANNA)]


async def test_twenty_one_click_posts_are_one_withdrawal(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    await service.confirm(await last_token(), now=NOON)
    token = links.token_of(1)

    await asyncio.gather(
        *(service.unsubscribe(token, channel="one_click", now=NOON) for _ in range(20))
    )

    assert [action for _, action, _ in await consents()] == ["confirmed", "withdrawn"]


async def test_leaving_while_confirming_ends_in_one_of_both(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    token = await last_token()

    await asyncio.gather(
        service.confirm(token, now=NOON),
        service.unsubscribe(links.token_of(1), channel="one_click", now=NOON),
        return_exceptions=True,
    )

    told = [action for _, action, _ in await consents()]
    assert (await states(), told) in (
        ([(ANNA, "unsubscribed")], ["confirmed", "withdrawn"]),
        ([(ANNA, "unsubscribed")], ["withdrawn"]),
    )


async def test_two_tabs_save_the_same_choice_once(db: None) -> None:
    await mailing_list()
    anna = acting(await person(ANNA))

    await asyncio.gather(*(service.choose(anna, ["nieuws"], now=NOON) for _ in range(8)))

    assert await states() == [(ANNA, "confirmed")]
    assert await consents() == [("newsletter:1", "given", "me")]
