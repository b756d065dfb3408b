"""The messages of one batch: each issue is read once in each language, and filled in per reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from emails.issues import Reading, read
from server.issues import claims, message, queries
from server.issues.claims import Claimed
from server.issues.views import Issue
from server.newsletters import linking
from server.web.links import absolute


@dataclass
class Composer:
    """What the messages of a batch need, looked up at once."""

    now: datetime
    issues: dict[int, Issue]
    tokens: dict[int, str]  # delivery → the token of its subscription
    readings: dict[tuple[int, str, bool], Reading] = field(default_factory=dict)

    @classmethod
    async def of(cls, batch: Sequence[Claimed], now: datetime) -> "Composer":
        """For this batch; who is on a list by right gets the links of their own by it."""
        issue_ids = {one.issue_id for one in batch}
        issues = {one: await queries.get_issue(one) for one in issue_ids}
        subscriptions = {one.id: one.subscription_id for one in batch if one.subscription_id}
        for list_id in {one.list_id for one in batch}:
            lacking = {
                one.person_id: one.id
                for one in batch
                if one.list_id == list_id
                and one.person_id
                and one.id not in subscriptions
                and not one.test
            }
            made = await linking.by_right(list_id, list(lacking), now=now) if lacking else {}
            subscriptions |= {lacking[person]: made[person] for person in made}
            if made:
                await claims.link([(lacking[person], made[person]) for person in made])
        tokens = await linking.tokens_of(set(subscriptions.values()))
        return cls(now, issues, {one: tokens[sub] for one, sub in subscriptions.items()})

    def message(self, one: Claimed) -> EmailMessage:
        """The message of one delivery. Raises BadAddress, and ValueError for what fits no mail."""
        issue, token = self.issues[one.issue_id], self.tokens.get(one.id, "")
        if not token and not one.test:
            raise ValueError("no way off the list")
        reading = self._reading(issue, one.language, is_test=bool(one.test))
        off, preferences = message.links(token) if token else (absolute("/newsletters"),) * 2
        rendered = reading.fill(one.name, unsubscribe=off, preferences=preferences)
        return message.build((rendered, reading.language), one, issue, token, self.now)

    def _reading(self, issue: Issue, language: str, *, is_test: bool) -> Reading:
        key = (issue.id, language, is_test)
        if key not in self.readings:
            frame = issue.frame(language, is_test=is_test)
            self.readings[key] = read(issue.words, language, frame)
        return self.readings[key]
