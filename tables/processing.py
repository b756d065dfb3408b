"""What is kept of whom, why, on what ground, how long, and what erasure does with it.

One entry for every table, every column named in it: the processing register (AVG art. 30), "my
data" (art. 15 and 20), erasure (art. 17) and their tests are made of this and of nothing else. A
column that is in no entry fails a house test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

COMMON = frozenset({"id", "created_at", "changed_at", "revision"})
OF_PERSON = "t.person = ANY($1::int[])"
OF_PROFILE = "t.profile IN (SELECT id FROM profile WHERE person = ANY($1::int[]))"
ITS_KEYS = """(SELECT email_key FROM person WHERE id = ANY($1::int[]) AND email_key IS NOT NULL)"""
# As it was written, under its earlier address too.
ITS_ADDRESSES = """(SELECT lower(email) FROM person WHERE id = ANY($1::int[]) AND email IS NOT NULL
  UNION SELECT email_key FROM person WHERE id = ANY($1::int[]) AND email_key IS NOT NULL
  UNION SELECT lower(old_email) FROM email_change WHERE person = ANY($1::int[])
    AND old_email IS NOT NULL)"""
OF_MEMBERSHIP = "t.membership IN (SELECT id FROM membership WHERE person = ANY($1::int[]))"
ABOUT_THEM = "t.entity = 'person' AND t.entity_id = ANY($1::int[])"
OF_LINES = f"t.actor_id = ANY($1::int[]) OR ({ABOUT_THEM})"


class Ground(StrEnum):
    """Why it may be kept (AVG art. 6 lid 1)."""

    contract = "contract"
    consent = "consent"
    law = "law"
    interest = "interest"
    nobody = "nobody"


class Sensitivity(StrEnum):
    """How much a column says of somebody."""

    plain = "plain"
    personal = "personal"
    sensitive = "sensitive"
    secret = "secret"


class Erasing(StrEnum):
    """What erasure does with the rows of a person."""

    erase = "erase"
    blank = "blank"
    keep = "keep"
    nothing = "nothing"


@dataclass(frozen=True)
class Processing:
    """One table. `subject`: SQL on the row `t` that is true for the rows of person $1.

    `plain` columns say nothing of anybody by themselves, `secret` ones leave the house for nobody.
    `blanks`: column → what it becomes when its person is erased. `only_if`: column → SQL on the
    rows in which it is about them; in the others it is about somebody else.
    """

    purpose: str
    ground: Ground
    keeps: str
    erasing: Erasing = Erasing.nothing
    subject: str = ""
    plain: str = ""
    personal: str = ""
    sensitive: str = ""
    secret: str = ""
    blanks: Mapping[str, object] = field(default_factory=dict)
    only_if: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Sensitivity]:
        """Every column with how much it says."""
        return {
            name: kind for kind in Sensitivity for name in str(getattr(self, kind.value)).split()
        }


P, G, E = Processing, Ground, Erasing
PROCESSING: Mapping[str, Processing] = {
    # The register of members.
    "person": P(
        *("members", G.contract, "idle", E.blank, "t.id = ANY($1::int[])"),
        plain="sort_key search_key email_key email_state name_use name_country anonymised_at"
        " merged_into",
        personal="initials first_name prefix surname partner_prefix partner_surname titles_before"
        " titles_after form_of_address display_name email phone postcode city province country"
        " language",
        sensitive="note deceased_on death_settled_at",
        blanks={
            **dict.fromkeys(("initials", "first_name", "prefix", "partner_prefix"), ""),
            **dict.fromkeys(("partner_surname", "search_key", "phone", "postcode", "city"), ""),
            **{"province": "", "note": "", "email": None, "email_key": None, "surname": "–"},
            **{"titles_before": [], "titles_after": [], "form_of_address": "neutral"},
            **{"display_name": "–", "sort_key": "–", "name_use": "own", "email_state": "dead"},
        },
    ),
    "registration_number": P(
        *("members", G.interest, "idle", E.erase, OF_PERSON),
        plain="state verified_by method",
        personal="person register number title verified_on valid_until",
    ),
    "email_change": P(
        *("members", G.contract, "days14", E.erase, OF_PERSON),
        plain="asked_at expires_at confirmed_at undo_until undone_at",
        personal="person old_email new_email",
        secret="token_hash undo_hash",
    ),
    "membership": P(
        *("members", G.contract, "idle", E.blank, OF_PERSON),
        personal="person type number starts_on ends_on planned_ends_on notice_received_on",
        sensitive="ended_by ground reason",
        blanks={"reason": ""},
    ),
    "membership_type": P(
        *("members", G.nobody, "always"),
        plain="code name_nl name_en description_nl description_en has_vote in_directory"
        " needs_register period_kind grace_days notice_days notice_to fee_cents valid_from"
        " valid_to",
    ),
    "membership_application": P(
        *("members", G.contract, "applications", E.erase),
        f"t.person = ANY($1::int[]) OR t.email_key IN {ITS_KEYS}",
        plain="email_key state submitted_at decided_at membership",
        personal="person type initials first_name prefix surname email phone postcode city"
        " language register number title",
        sensitive="motivation question answer reason",
        secret="code token_hash",
    ),
    "membership_suspension": P(
        *("members", G.interest, "idle", E.erase, OF_PERSON),
        personal="person from_on until_on",
        sensitive="reason",
    ),
    "segment": P("members", G.nobody, "always", plain="name filters"),
    "duplicate_pair": P(
        *(
            "members",
            G.interest,
            "idle",
            E.erase,
            "t.first = ANY($1::int[]) OR t.second = ANY($1::int[])",
        ),
        plain="score reasons keys_hash state found_at decided_at decided_by",
        personal="first second",
    ),
    "merge_event": P(
        *(
            "members",
            G.interest,
            "days30",
            E.blank,
            "t.kept = ANY($1::int[]) OR t.absorbed = ANY($1::int[])",
        ),
        plain="merged_at undo_until undone_at",
        personal="kept absorbed",
        secret="snapshot",
        blanks={"snapshot": None},
    ),
    "import_mapping": P("members", G.nobody, "always", plain="source columns"),
    "import_batch": P(
        *("members", G.interest, "days30", E.blank),
        "t.id IN (SELECT batch FROM import_row WHERE person = ANY($1::int[]))",
        plain="source filename columns state counts imported_at undone_at",
        secret="content",
        # By its own verb: the lines of others stay (server/imports/service.py).
        blanks={},
    ),
    "import_row": P(
        *("members", G.interest, "days30", E.erase, OF_PERSON),
        plain="batch line outcome problems",
        personal="person said before after",
    ),
    "erasure": P(
        *("members", G.law, "always", E.blank, OF_PERSON),
        plain="plan planned_at done_at ended_at",
        personal="person",
        sensitive="reason answer",
        blanks={"reason": "", "answer": ""},
    ),
    # Money.
    "fee": P(
        *("money", G.law, "years7", E.blank, OF_MEMBERSHIP),
        sensitive="membership from_on until_on amount_cents due_on state paid_on note",
        blanks={"note": ""},
    ),
    "invoice": P(
        *("money", G.law, "years7", E.keep),
        "t.fee IN (SELECT f.id FROM fee f JOIN membership m ON m.id = f.membership"
        " WHERE m.person = ANY($1::int[]))",
        plain="year number",
        sensitive="fee issued_on addressee lines total_cents",
    ),
    "bank_account": P(
        *("money", G.law, "years7", E.keep, OF_PERSON),
        sensitive="person iban holder mandate signed_on revoked_on",
    ),
    # Signing in.
    "session": P(
        *("accounts", G.interest, "sessions", E.erase, OF_PERSON),
        plain="signed_in_by proved_at proved_by expires_at",
        personal="person device last_used_at",
        secret="token_hash",
    ),
    "sign_in_link": P(
        *("accounts", G.interest, "days30", E.erase, OF_PERSON),
        plain="purpose carries_proof next_path expires_at used_at",
        personal="person",
        secret="token_hash browser_hash",
    ),
    "password": P(
        *("accounts", G.contract, "until_ended", E.erase, OF_PERSON),
        secret="hash",
        personal="person",
    ),
    "passkey": P(
        *("accounts", G.contract, "until_ended", E.erase, OF_PERSON),
        plain="sign_count",
        personal="person label last_used_at",
        secret="credential_id public_key",
    ),
    "passkey_challenge": P(
        *("accounts", G.interest, "minutes", E.erase, OF_PERSON),
        plain="expires_at",
        personal="person",
        secret="challenge browser_hash",
    ),
    "totp_secret": P(
        *("accounts", G.contract, "until_ended", E.erase, OF_PERSON),
        plain="last_step",
        personal="person",
        secret="encrypted",
    ),
    "recovery_code": P(
        *("accounts", G.contract, "until_ended", E.erase, OF_PERSON),
        personal="person used_at",
        secret="code_hash",
    ),
    "api_token": P(
        *("accounts", G.contract, "until_ended", E.erase, OF_PERSON),
        plain="prefix scopes",
        personal="person label expires_at last_used_at revoked_at",
        secret="token_hash",
    ),
    "role_grant": P(
        *("accounts", G.interest, "always", E.keep, OF_PERSON),
        personal="person role from_on until_on event",
    ),
    "suspension": P(
        *("accounts", G.interest, "idle", E.erase, OF_PERSON),
        personal="person from_at lifted_at",
        sensitive="reason",
    ),
    "rate_limit": P("accounts", G.interest, "hours", secret="key", plain="window_ends_at hits"),
    # To be found.
    "profile": P(
        *("directory", G.consent, "until_ended", E.erase, OF_PERSON),
        plain="slug former_slugs state published_at confirmed_on referrals_said_on",
        personal="person headline headline_en about about_en languages website accepts_referrals"
        " waiting_weeks",
    ),
    "profile_field": P(
        *("directory", G.consent, "until_ended", E.erase, OF_PROFILE),
        plain="profile",
        personal="field visibility",
    ),
    "profile_term": P(
        *("directory", G.consent, "until_ended", E.erase, OF_PROFILE),
        plain="profile vocabulary",
        personal="code",
    ),
    "workplace": P(
        *("directory", G.consent, "until_ended", E.erase, OF_PROFILE),
        plain="profile position",
        personal="name setting echelon street postcode city province phone website",
    ),
    "contact_message": P(
        *("directory", G.consent, "days30", E.erase),
        f"{OF_PROFILE} OR lower(t.email) IN {ITS_ADDRESSES}",
        plain="profile sent_at forgotten_at",
        sensitive="name email text",
    ),
    "directory_change": P("directory", G.nobody, "hours", plain="at"),
    # Groups, event days and talks.
    "working_group": P(
        *("groups", G.nobody, "always"),
        plain="kind name name_en slug mission mission_en state is_public colour",
    ),
    "group_membership": P(
        *("groups", G.contract, "always", E.keep, OF_PERSON),
        personal="group person role state from_on until_on",
    ),
    "event": P(
        *("events", G.nobody, "always"),
        plain="kind state title title_en slug summary summary_en description description_en"
        " starts_at ends_at all_day mode venue room booked_room room_reason online_url visibility"
        " group contact_email series registration_opens_at registration_closes_at cancel_until_at"
        " members_only_registration needs_approval cancel_reason moved_from_at uid sequence"
        " published_at cancelled_at lock_seq",
    ),
    "event_series": P(
        *("events", G.nobody, "always"),
        plain="state title title_en rule starts_at timezone group uid",
    ),
    "event_part": P(
        *("events", G.nobody, "always"),
        plain="event kind title title_en starts_at ends_at room booked_room room_reason unit"
        " uid sequence",
    ),
    # What stands in it is for its organiser to answer for; the form says so.
    "event_document": P(
        *("events", G.nobody, "always"),
        plain="event title title_en visibility position filename kind size_bytes digest version"
        " uploaded_at",
        secret="content",
    ),
    "venue": P(
        *("events", G.nobody, "always"),
        plain="name street postcode city route accessibility latitude longitude"
        " is_location_checked",
    ),
    "room": P(
        *("events", G.nobody, "always"),
        plain="venue name capacity route accessibility is_in_use",
    ),
    "capacity_unit": P(
        "events",
        G.nobody,
        "always",
        plain="event kind name_nl name_en capacity position allows_overlap",
    ),
    "registration": P(
        *("events", G.contract, "year1", E.blank, OF_PERSON),
        plain="code",
        personal="event person ticket_class auto_accept together invitation",
        sensitive="remark",
        secret="idempotency_key",
        blanks={"remark": ""},
    ),
    "event_class": P(
        *("events", G.nobody, "always"),
        plain="event ticket_class opens_at closes_at price_cents",
    ),
    "invitation_code": P(
        *("events", G.nobody, "always"),
        plain="event code label ticket_class uses expires_at revoked_at",
    ),
    "ticket_fee": P(
        *("money", G.law, "years7", E.blank),
        "t.registration IN (SELECT id FROM registration WHERE person = ANY($1::int[]))",
        sensitive="registration passed_to needed_cents amount_cents priced_as state paid_on note",
        blanks={"note": ""},
    ),
    "hand_over": P(
        *("events", G.contract, "always", E.erase),
        "t.registration IN (SELECT id FROM registration WHERE person = ANY($1::int[]))",
        plain="registration state expires_at",
        personal="name email",
        secret="token_hash",
    ),
    "registration_line": P(
        *("events", G.contract, "always", E.keep, OF_PERSON),
        plain="registration unit class_rank",
        personal="person state queued_at expires_at missed_offers",
    ),
    "question": P(
        *("events", G.nobody, "always"),
        plain="event state position version is_required audience audience_class audience_unit"
        " only_if only_if_value",
    ),
    "question_version": P(
        *("events", G.nobody, "always"),
        plain="question version kind label_nl label_en help_nl help_en options made_at"
        " corrected_at",
    ),
    "answer": P(
        *("events", G.contract, "year1", E.erase),
        "t.registration IN (SELECT id FROM registration WHERE person = ANY($1::int[]))",
        plain="registration question version",
        personal="value",
    ),
    "needs_asked": P(*("events", G.nobody, "always"), plain="event asks_diet asks_access"),
    # Of the special categories (AVG art. 9 lid 2 a); by its own job (server/questions/needs.py).
    "need": P(
        *("events", G.consent, "days30_after", E.erase),
        "t.registration IN (SELECT id FROM registration WHERE person = ANY($1::int[]))",
        plain="registration consented_at",
        sensitive="diets allergies access",
    ),
    "need_count": P(*("events", G.nobody, "always"), plain="event need people counted_at"),
    "ticket": P(
        *("events", G.contract, "always", E.erase),
        "t.registration IN (SELECT id FROM registration WHERE person = ANY($1::int[]))",
        plain="registration",
        personal="code",
    ),
    "scan": P(
        *("events", G.interest, "always", E.blank),
        "t.registration IN (SELECT id FROM registration WHERE person = ANY($1::int[]))",
        plain="event part registration result device nonce recorded_at by undone_at",
        personal="code direction at",
        blanks={"code": ""},
    ),
    "attendance": P(
        *("events", G.interest, "always", E.blank, OF_PERSON),
        plain="event part source decided_by",
        personal="person minutes presence reason",
        blanks={"reason": ""},
    ),
    "presence_list": P(
        *("events", G.nobody, "always"), plain="event state object_until_at settled_at"
    ),
    "presence_objection": P(
        *("events", G.interest, "always", E.erase, OF_PERSON),
        plain="event state answered_at",
        personal="person words answer",
    ),
    "certificate": P(
        *("events", G.interest, "always", E.blank, OF_PERSON),
        plain="event year number code state digest made_at",
        personal="person reason lines",
        secret="pdf",
        blanks={"lines": "{}", "reason": "", "pdf": None},
    ),
    "accreditation_register": P(
        *("events", G.nobody, "always"),
        plain="code name numbers valid_from valid_to ask_days report_days counts"
        " minutes_per_point rounding minimum_percent website note",
    ),
    "accreditation": P(
        *("events", G.nobody, "always"),
        plain="event register state external_id points arithmetic note",
    ),
    # Numbers of whoever is erased leave the lists first (server/accreditation/lists.py).
    "presence_export": P(
        *("events", G.nobody, "always"),
        plain="accreditation line_count checksum exported_at by",
        secret="lines",
    ),
    "evaluation_ballot": P(
        *("events", G.interest, "always", E.erase, OF_PERSON),
        plain="event",
        personal="person",
    ),
    # Nobody knows whose it is: nothing to find, to hand over or to erase.
    "evaluation_answer": P(
        *("events", G.nobody, "always"),
        plain="event overall content organisation learned better is_held_back",
    ),
    "helper_link": P(
        "events",
        G.nobody,
        "always",
        plain="event label revoked_at",
        secret="token_hash",
    ),
    # What the organisers wrote, not to whom: the letters themselves are forgotten with the outbox.
    "event_message": P(
        *("events", G.interest, "always", E.blank, "t.sent_by = ANY($1::int[])"),
        plain="event segment unit ticket_class to_waiting subject subject_en words words_en people",
        personal="sent_by sent_at",
        secret="idempotency_key",
        blanks={"sent_by": None},
    ),
    "call": P(
        *("talks", G.nobody, "always"),
        plain="event committee title title_en text text_en opens_at closes_at formats"
        " proposals_per_person confirm_days is_published",
    ),
    "proposal": P(
        *("talks", G.contract, "always", E.blank),
        "t.id IN (SELECT proposal FROM proposal_speaker WHERE person = ANY($1::int[]))",
        plain="call code state told_state staged version submitted_at confirm_by",
        personal="title abstract format minutes topics language",
        sensitive="remark",
        blanks={"remark": ""},
    ),
    "proposal_speaker": P(
        *("talks", G.contract, "always", E.blank, OF_PERSON),
        plain="proposal position",
        personal="person affiliation agreed_at",
        blanks={"affiliation": ""},
    ),
    # Newsletters and letters.
    "newsletter_list": P(
        *("newsletters", G.nobody, "always"),
        plain="slug list_id name_nl name_en description_nl description_en audience group opt_in"
        " is_open position",
    ),
    "subscription": P(
        *("newsletters", G.consent, "until_ended", E.erase),
        f"t.person = ANY($1::int[]) OR t.email_key IN {ITS_KEYS}",
        plain="email_key state",
        personal="list person email name language asked_at confirmed_at ended_at",
        secret="token_hash",
    ),
    "newsletter_issue": P(
        *("newsletters", G.nobody, "always"),
        plain="list state number subject_nl subject_en body_nl body_en approved_by approved_at"
        " scheduled_at started_at resumed_at ended_at note",
    ),
    "newsletter_writer": P(
        *("newsletters", G.interest, "always", E.erase, OF_PERSON),
        personal="issue person",
    ),
    "newsletter_receipt": P("newsletters", G.nobody, "always", plain="issue counted reason people"),
    "newsletter_delivery": P(
        *("newsletters", G.consent, "year1", E.erase),
        f"t.person = ANY($1::int[]) OR t.email_key IN {ITS_KEYS}",
        plain="test subscription email_key message_id attempts not_before claimed_at",
        personal="issue person email name language state reason sent_at",
    ),
    "consent_event": P(
        *("newsletters", G.law, "always", E.blank),
        f"t.person = ANY($1::int[]) OR t.address_key IN {ITS_KEYS}",
        plain="text",
        personal="person address_key purpose action channel proof at",
        secret="actor",
        # By its own verb: the table takes no other change (server/consent/service.py).
        blanks={},
    ),
    "consent_text": P(
        "newsletters", G.nobody, "always", plain="code version text_nl text_en valid_from"
    ),
    "outbox_letter": P(
        *("letters", G.contract, "days90", E.blank),
        f"t.person = ANY($1::int[]) OR lower(t.address) IN {ITS_ADDRESSES}",
        plain="category cause message_id state attempts last_error not_before expires_at"
        " claimed_at forgets_address",
        personal="kind person event address language sent_at",
        secret="values",
        # By its own verb, which also stops what is on its way (server/outbox/service.py).
        blanks={},
    ),
    # Calendars, the trail and the machinery.
    "feed_token": P(
        *("calendars", G.contract, "until_ended", E.erase, OF_PERSON),
        plain="warned_at",
        personal="person label fetched_on client revoked_at scopes scoped_at served_at ended_by",
        secret="token_hash served_etag",
    ),
    "feed_fetch": P(
        *("calendars", G.nobody, "days400"),
        plain="key client day fetches readers last_at",
    ),
    "event_move": P(
        *("calendars", G.nobody, "days400"),
        plain="event was_starts_at was_ends_at starts_at ends_at moved_at mailed_at",
    ),
    "feed_state": P(
        *("calendars", G.contract, "until_ended", E.erase),
        "t.key LIKE 'personal:%' AND split_part(t.key, ':', 2) = ANY($1::int[]::text[])",
        plain="key etag last_modified dirty left_out",
        secret="body body_gz",
    ),
    "feed_deadline": P(
        *("calendars", G.nobody, "year1"),
        plain="uid due_at title title_en path area sequence gone_at",
    ),
    "calendar_choice": P(
        *("calendars", G.contract, "until_ended", E.erase, OF_PERSON),
        personal="person registrations meetings",
    ),
    "calendar_invitation": P(
        *("calendars", G.contract, "year1_day", E.erase, OF_PERSON),
        plain="sequence raised shown",
        personal="person event method told_at answer answered_at",
    ),
    "bounce": P(
        *("letters", G.interest, "days180", E.erase, f"t.email_key IN {ITS_ADDRESSES}"),
        plain="message_id verdict status tipped",
        personal="email_key words came_at",
    ),
    "inbound_message": P(
        *("calendars", G.nobody, "days90"), plain="message_hash read_at reader outcome"
    ),
    "feed_tombstone": P(
        *("calendars", G.nobody, "days30"),
        plain="uid event_id slug group_id is_public is_part sequence starts_at ends_at all_day"
        " title title_en gone_at",
    ),
    "audit_entry": P(
        *("trail", G.interest, "always", E.blank, OF_LINES),
        plain="entity entity_id position",
        personal="at action before after",
        secret="actor actor_id reason salt content_hash seal blacked_out_at",
        only_if={"before": ABOUT_THEM, "after": ABOUT_THEM},
        # By its own verb, so that the chain still closes (server/audit/chain.py).
        blanks={},
    ),
    "webhook": P(
        *("trail", G.nobody, "always"),
        plain="url description topics state failures",
        secret="encrypted_secret",
    ),
    "webhook_cursor": P("trail", G.nobody, "always", plain="position"),
    "webhook_delivery": P(
        *("trail", G.interest, "days30", E.erase),
        f"t.audit_entry IN (SELECT t.id FROM audit_entry t WHERE {OF_LINES})",
        plain="webhook audit_entry message_id topic state attempts not_before delivered_at"
        " status_code error",
        secret="payload",
    ),
    "resource": P(
        *("knowledge", G.interest, "always"),
        plain="code kind title subtitle people year place publisher url audience box note"
        " as_printed is_public",
    ),
    "vocabulary_term": P(
        *("knowledge", G.nobody, "always"),
        plain="vocabulary code label_nl label_en synonyms term_group source register big_suffix"
        " valid_to position",
    ),
    "job_run": P("machinery", G.nobody, "always", plain="name ran_at failures error"),
}
BY_OWN_VERB = frozenset({"import_batch", "consent_event", "outbox_letter", "audit_entry"})
