"""Every address of the product: the table of contents."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post, route
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from server.accounts import board as offices
from server.accounts import board_people as accounts_of
from server.accounts import pages as accounts
from server.accounts import passkey_pages as passkeys
from server.accounts import password_pages as passwords
from server.accounts import second_step
from server.accounts import security_pages as factors
from server.accounts import token_pages as tokens
from server.accreditation import board as accreditation
from server.accreditation import handing_in
from server.accreditation import numbers_page as given_numbers
from server.admin import create_admin_app
from server.admission import board as admission
from server.admission import money as ticket_money
from server.applications import api as applications_api
from server.applications import board as applications_board
from server.applications import pages as applications
from server.attendance import api as door_api
from server.attendance import board as door
from server.attendance import pages as attendance
from server.attendance import presence_board as presences
from server.attendance import presence_pages as presence
from server.board import pages as board
from server.board import trail
from server.bounces import board as bounces
from server.calendars import addresses, reading
from server.calendars import board as calendar_desk
from server.calendars import pages as calendars
from server.certificates import board as giving
from server.certificates import pages as certificates
from server.directory import api as directory_api
from server.directory import board as profiles
from server.directory import own as profile
from server.directory import pages as directory
from server.directory import workplace_pages as workplaces
from server.duplicates import board as duplicates
from server.errors import NotFound
from server.evaluation import pages as evaluation
from server.events import api as events_api
from server.events import board as timetable
from server.events import document_board as documents
from server.events import document_pages as papers
from server.events import drawing_pages as drawings
from server.events import pages as events
from server.fees import api as fees_api
from server.fees import board as treasury
from server.fees import pages as fees
from server.groups import pages as groups
from server.health import health
from server.home import api as home_api
from server.home import pages as home
from server.home import sitemap
from server.imports import board as imports
from server.imports import registering as listed
from server.imports.reading import MOST_BYTES
from server.inbound import pages as inbound
from server.inbound.reading import MOST_BYTES as MAIL_BYTES
from server.invitations import pages as choice_pages
from server.issues import archive
from server.issues import board as issues
from server.issues import editing as issue_text
from server.knowledge import pages as knowledge
from server.members import api as members_api
from server.members import board as member
from server.members import number_pages
from server.memberships import pages as memberships
from server.newsletters import board as mailing_lists
from server.newsletters import pages as newsletters
from server.outbox import pages as letters
from server.people import address_pages as address_links
from server.people import history_pages as history
from server.people import pages as people
from server.privacy import board as erasure
from server.privacy import pages as privacy
from server.questions import answers_board
from server.questions import api as questions_api
from server.questions import board as questions
from server.questions import pages as answering
from server.reclaiming import pages as reclaiming
from server.registrations import api as places_api
from server.registrations import board as places
from server.registrations import document_pages as papers_by_link
from server.registrations import joining, on_behalf, planning, somebody, steps, unit_form
from server.registrations import pages as registrations
from server.registrations import passing_pages as passing_on
from server.segments import board as members
from server.series import api as series_api
from server.series import board as series
from server.series import board_changes as series_changes
from server.talks import api as talks_api
from server.talks import board as committee
from server.talks import pages as talks
from server.turnout import board as turnout
from server.turnout import letters as segment_letters
from server.web import assets, uploads
from server.web.brakes import ACTS, HOUR, Brake, guard
from server.web.scopes import BY_PEOPLE, SESSION, Scope, people_only, security
from server.web.scopes import guard as scope_guard
from server.web.signed_out import keeping
from server.webhooks import board as webhooks

ForEver = {"Cache-Control": "public, max-age=31536000, immutable"}


async def static(name: FromPath[str]) -> Response[bytes]:
    """A file under a name that changes with its content."""
    found = assets.contents().get(f"{assets.PREFIX}/{name}")
    if found is None:
        raise NotFound
    return Response(found[0], media_type=found[1], headers=ForEver)


def see(path: str, handler: Callable[..., Any]) -> BaseRouteHandler:
    """A page to look at."""
    return get(path, include_in_schema=False)(handler)


def feed(path: str, handler: Callable[..., Any]) -> BaseRouteHandler:
    """An address that calendar programs fetch; they ask for its head too."""
    return route(path, http_method=["GET", "HEAD"], include_in_schema=False)(handler)


def act(
    path: str, handler: Callable[..., Any], brake: Brake = ACTS, **more: Any
) -> BaseRouteHandler:
    """A form that somebody sends."""
    guards: list[Any] = [guard(brake)]
    return post(path, status_code=200, include_in_schema=False, guards=guards, **more)(
        keeping(handler)
    )


def tell(
    path: str, handler: Callable[..., Any], *, scope: Scope | None, for_strangers: bool = False
) -> BaseRouteHandler:
    """Part of the API that answers. `scope` None: any token will do, and none as well."""
    guards = [scope_guard(scope)] if scope else []
    ways = security(scope, for_strangers=for_strangers)
    return get(path, guards=guards, security=ways, opt={"scope": scope})(handler)


def ask(
    path: str,
    handler: Callable[..., Any],
    *,
    scope: Scope,
    for_strangers: bool = False,
    status: int = 200,
    brake: Brake = ACTS,
) -> BaseRouteHandler:
    """Part of the API that acts."""
    guards: list[Any] = [scope_guard(scope), guard(brake)]
    ways = security(scope, for_strangers=for_strangers)
    return post(path, status_code=status, guards=guards, security=ways, opt={"scope": scope})(
        handler
    )


def decide(path: str, handler: Callable[..., Any]) -> BaseRouteHandler:
    """Part of the API that decides about somebody: for people, never for a program."""
    guards: list[Any] = [people_only, guard(ACTS)]
    return post(
        path, status_code=200, guards=guards, security=[{SESSION: []}], opt={"scope": BY_PEOPLE}
    )(handler)


SIGN_IN = Brake("sign-in", 20, HOUR)
PASSWORD = Brake("password", 60, HOUR)
PASSKEY = Brake("passkey", 120, HOUR)
SIGN_UP = Brake("newsletters", 30, HOUR)
TYPING = Brake("preview", 3000, HOUR)  # while somebody types
JOIN = Brake("join", 20, HOUR)
MESSAGE = Brake("message", 10, HOUR)
INBOUND = Brake("inbound", 3600, HOUR)
SCAN = Brake("scan", 5000, HOUR)
REGISTER = Brake("register", 20, HOUR, for_strangers=True)
PROPOSE = Brake("propose", 20, HOUR, for_strangers=True)


HOME = [
    see("/", home.front),
    see("/me", home.me),
    see("/privacy", home.privacy),
    see("/privacy/register", privacy.processing),
    see("/me/fees", fees.mine),
    act("/me/fees/mandate", fees.give_mandate),
    act("/me/fees/mandate-end", fees.take_back_mandate),
    see("/me/invoices/{invoice_id:int}", fees.my_invoice),
    see("/me/data", privacy.mine),
    see("/me/data.json", privacy.my_json),
    see("/me/data.pdf", privacy.my_pdf),
    act("/me/data/erasure", privacy.ask_erasure),
    act("/me/data/erasure/withdrawal", privacy.withdraw),
    see("/membership", memberships.about),
    see("/me/membership", memberships.mine),
    act("/me/membership/{membership_id:int}/notice", memberships.give_notice),
    act("/me/membership/{membership_id:int}/notice-withdrawal", memberships.withdraw_notice),
    act("/me/membership/{membership_id:int}/renewal", memberships.renew),
    see("/robots.txt", home.robots_txt),
    see("/sitemap.xml", sitemap.sitemap_xml),
    see("/.well-known/security.txt", home.security_txt),
]

PEOPLE = [
    see("/me/profile", people.profile),
    act("/me/profile", people.save),
    see("/me/profile/numbers", number_pages.mine),
    act("/me/profile/numbers", number_pages.add),
    see("/me/profile/numbers/{number_id:int}", number_pages.one),
    act("/me/profile/numbers/{number_id:int}", number_pages.change),
    act("/me/profile/numbers/{number_id:int}/withdrawal", number_pages.take_back),
    act("/me/profile/address", people.ask_address),
    see("/me/profile/changes", history.mine),
    see("/address/confirm/{token:str}", address_links.confirming),
    act("/address/confirm/{token:str}", address_links.confirm),
    see("/address/undo/{token:str}", address_links.undoing),
    act("/address/undo/{token:str}", reclaiming.take_back),
]

APPLICATIONS = [
    see("/join", applications.join),
    act("/join", applications.apply, JOIN),
    see("/join/asked", applications.asked),
    see("/join/confirm/{token:str}", applications.confirming),
    act("/join/confirm/{token:str}", applications.confirm),
    see("/join/{code:str}", applications.mine),
    act("/join/{code:str}/answer", applications.answer),
    act("/join/{code:str}/withdrawal", applications.withdraw),
    see("/board/applications", applications_board.overview),
    see("/board/applications/{application_id:int}", applications_board.one),
    act("/board/applications/{application_id:int}/question", applications_board.ask_more),
    act("/board/applications/{application_id:int}/approval", applications_board.approve),
    act("/board/applications/{application_id:int}/rejection", applications_board.reject),
]

DIRECTORY = [
    see("/directory", directory.search),
    see("/directory/{slug:str}", directory.show),
    see("/directory/{slug:str}/card.vcf", directory.vcard),
    see("/directory/{slug:str}/contact", directory.writing),
    act("/directory/{slug:str}/contact", directory.write, MESSAGE),
    see("/me/directory", profile.mine),
    act("/me/directory", profile.save),
    act("/me/directory/referrals", profile.say_referrals),
    act("/me/directory/confirmation", profile.confirm),
    act("/me/directory/submission", profile.submit),
    act("/me/directory/hiding", profile.hide),
    act("/me/directory/address", profile.follow_name),
    see("/me/directory/workplaces/new", workplaces.new),
    act("/me/directory/workplaces/new", workplaces.add),
    see("/me/directory/workplaces/{workplace_id:int}", workplaces.edit),
    act("/me/directory/workplaces/{workplace_id:int}", workplaces.change),
    act("/me/directory/workplaces/{workplace_id:int}/removal", workplaces.remove),
    see("/board/profiles", profiles.overview),
    see("/board/profiles/{slug:str}", profiles.one),
    act("/board/profiles/{slug:str}/publication", profiles.publish),
    act("/board/profiles/{slug:str}/return", profiles.send_back),
    act("/board/profiles/{slug:str}/hiding", profiles.hide),
]

ACCOUNT = "/board/accounts/people/{person_id:int}"
ACCOUNTS = [
    see("/sign-in", accounts.ask),
    act("/sign-in", accounts.send, SIGN_IN),
    see("/sign-in/sent", accounts.sent),
    see("/sign-in/password", passwords.ask),
    act("/sign-in/password", passwords.sign_in, PASSWORD),
    act("/sign-in/passkey/question", passkeys.question_to_sign_in, PASSKEY),
    act("/sign-in/passkey", passkeys.sign_in, PASSKEY),
    see("/sign-in/{token:str}", accounts.arrive),
    act("/sign-in/{token:str}", accounts.enter),
    act("/sign-out", accounts.leave),
    see("/set-up/{token:str}", accounts.set_up_page),
    act("/set-up/{token:str}", accounts.set_up),
    see("/second-step", second_step.ask),
    act("/second-step", second_step.prove),
    act("/second-step/link", second_step.send_link),
    act("/second-step/passkey/question", passkeys.question_to_prove),
    act("/second-step/passkey", passkeys.prove),
    see("/me/security", factors.overview),
    see("/me/security/app", factors.app_form),
    act("/me/security/app", factors.add_app),
    act("/me/security/app/removal", factors.remove_app),
    see("/me/security/password", passwords.form),
    act("/me/security/password", passwords.choose),
    act("/me/security/password/removal", passwords.remove),
    see("/me/security/codes", factors.show_codes),
    act("/me/security/codes", factors.renew_codes),
    act("/me/security/passkeys/question", passkeys.question_to_add),
    act("/me/security/passkeys", passkeys.add),
    act("/me/security/passkeys/{passkey_id:int}/removal", factors.remove_passkey),
    see("/me/account-events", factors.events),
    see("/me/tokens", tokens.overview),
    act("/me/tokens", tokens.make),
    see("/me/tokens/new", tokens.new),
    see("/me/tokens/made", tokens.shown),
    act("/me/tokens/{token_id:int}/revocation", tokens.revoke),
    see("/me/devices", accounts.devices),
    act("/me/devices/others/end", accounts.end_others),
    act("/me/devices/{session_id:int}/end", accounts.end_device),
    see("/board/accounts", offices.overview),
    act("/board/accounts", offices.invite),
    see("/board/accounts/new", offices.new),
    see("/board/accounts/{grant_id:int}", offices.one),
    act("/board/accounts/{grant_id:int}/end", offices.end),
    act("/board/accounts/{grant_id:int}/invitation", offices.invite_again),
    see(ACCOUNT, accounts_of.one),
    act(f"{ACCOUNT}/suspension", accounts_of.suspend),
    act(f"{ACCOUNT}/opening", accounts_of.lift),
    act(f"{ACCOUNT}/factor-reset", accounts_of.reset_factor),
]

NEWSLETTERS = [
    see("/newsletters", newsletters.sign_up),
    act("/newsletters", newsletters.ask, SIGN_UP),
    see("/newsletters/asked", newsletters.asked),
    see("/newsletters/confirm/{token:str}", newsletters.confirming),
    act("/newsletters/confirm/{token:str}", newsletters.confirm),
    see("/newsletters/preferences/{token:str}", newsletters.preferences),
    act("/newsletters/preferences/{token:str}", newsletters.prefer),
    act("/newsletters/preferences/{token:str}/objection", newsletters.object_to_all),
    see("/u/{token:str}", newsletters.leaving),
    act("/u/{token:str}", newsletters.leave),
    see("/me/newsletters", newsletters.mine),
    act("/me/newsletters", newsletters.choose),
    see("/board/newsletters", mailing_lists.overview),
    see("/board/newsletters/{slug:str}", mailing_lists.subscribers),
    see("/board/newsletters/{slug:str}/subscribers.csv", mailing_lists.subscribers_csv),
    see("/board/newsletters/{slug:str}/subscribers.xlsx", mailing_lists.subscribers_xlsx),
    see("/board/newsletters/{slug:str}/suppressed.csv", mailing_lists.suppressed_csv),
    see("/board/newsletters/{slug:str}/suppressed.xlsx", mailing_lists.suppressed_xlsx),
    see("/board/why-mailed", mailing_lists.why),
    see("/board/newsletters/{slug:str}/issues", issues.overview),
    act("/board/newsletters/{slug:str}/issues", issues.begin),
    see("/board/issues/{issue_id:int}", issues.show),
    see("/board/issues/{issue_id:int}/text", issue_text.edit),
    act("/board/issues/{issue_id:int}/text", issue_text.save),
    see("/board/issues/{issue_id:int}/preview", issue_text.preview),
    act("/board/issues/{issue_id:int}/preview", issue_text.preview_typed, TYPING),
    see("/board/issues/{issue_id:int}/log", issues.log),
    act("/board/issues/{issue_id:int}/test", issues.test),
    act("/board/issues/{issue_id:int}/approval", issues.approve),
    act("/board/issues/{issue_id:int}/schedule", issues.schedule),
    act("/board/issues/{issue_id:int}/sending", issues.send_now),
    act("/board/issues/{issue_id:int}/unscheduling", issues.unschedule),
    act("/board/issues/{issue_id:int}/pause", issues.pause),
    act("/board/issues/{issue_id:int}/resumption", issues.resume),
    act("/board/issues/{issue_id:int}/cancellation", issues.cancel),
    see("/newsletters/archive/{slug:str}", archive.overview),
    see("/newsletters/archive/{slug:str}/{number:int}", archive.show),
    feed("/newsletters/archive/{slug:str}/atom.xml", archive.atom),
]

EVENTS = [
    see("/events", events.agenda),
    see("/events/past", events.past),
    see("/events/{slug:str}", events.show_event),
    see("/events/{slug:str}/documents/{document_id:int}", papers.fetch),
    see("/events/{slug:str}/card.png", drawings.card),
    see("/events/{slug:str}/programme.pdf", drawings.sheet),
    see("/events/{slug:str}/registration", registrations.form),
    act("/events/{slug:str}/registration", registrations.register, REGISTER),
    see("/events/{slug:str}/registration/asked", registrations.asked),
    see("/registrations/{code:str}", registrations.mine),
    act("/registrations/{code:str}/verification", registrations.verify),
    act("/registrations/{code:str}/acceptance", registrations.accept),
    act("/registrations/{code:str}/decline", registrations.decline),
    act("/registrations/{code:str}/cancellation", registrations.cancel),
    act("/registrations/{code:str}/places", registrations.take),
    see("/registrations/{code:str}/documents/{document_id:int}", papers_by_link.by_link),
    act("/registrations/{code:str}/wishes", registrations.wishes),
    see("/registrations/{code:str}/hand-over", passing_on.ask),
    act("/registrations/{code:str}/hand-over", passing_on.send, REGISTER),
    act("/registrations/{code:str}/hand-over/withdrawal", passing_on.withdraw),
    see("/hand-over/{token:str}", passing_on.show),
    act("/hand-over/{token:str}/acceptance", passing_on.take),
    act("/hand-over/{token:str}/decline", passing_on.decline),
    see("/registrations/{code:str}/answers", answering.mine),
    act("/registrations/{code:str}/answers", answering.save),
]

DOOR = "/board/events/{slug:str}/check-in"
SOMEBODY = "/board/events/{slug:str}/registrations/{registration_id:int}"
TICKET_FEE = "/board/events/{slug:str}/fees/{due_id:int}"
ACCREDITATION = "/board/events/{slug:str}/accreditation"
CERTIFICATES = "/board/events/{slug:str}/certificates"
PRESENCE = "/board/events/{slug:str}/presence"
NUMBERS = "/board/events/{slug:str}/numbers"
SEGMENT = NUMBERS + "/{segment:str}"
QUESTIONS = "/board/events/{slug:str}/questions"
SERIES = "/board/series/{series_id:int}"
QUESTION = QUESTIONS + "/{question_id:int}"
DOCUMENTS = "/board/events/{slug:str}/documents"
DOCUMENT = DOCUMENTS + "/{document_id:int}"
PERSON = "/board/people/{person_id:int}"
FEE = "/board/fees/{fee_id:int}"
PAIR = "/board/duplicates/{pair_id:int}"
BATCH = "/board/import/{batch_id:int}"
FILE_BYTES = MOST_BYTES + 1024 * 1024  # a file that is a little too large is told so kindly
BOARD = [
    see("/board/members", members.overview),
    act("/board/members", members.save),
    see("/board/members.csv", members.as_csv),
    see("/board/members.xlsx", members.as_xlsx),
    act("/board/members/segments/{segment_id:int}/removal", members.remove),
    see("/board/import", imports.overview),
    act("/board/import", imports.bring, request_max_body_size=FILE_BYTES),
    see(BATCH, imports.one),
    act(f"{BATCH}/columns", imports.choose),
    act(f"{BATCH}/decisions", imports.decide),
    act(f"{BATCH}/taking-in", imports.take_in),
    see(f"{BATCH}/undoing", imports.before_undoing),
    act(f"{BATCH}/undoing", imports.undo),
    see(f"{BATCH}/errors.csv", imports.errors),
    see(PERSON, member.one),
    act(f"{PERSON}/conversion", member.convert),
    act(f"{PERSON}/conversion-withdrawal", member.take_back_conversion),
    act(f"{PERSON}/notice", member.give_notice),
    act(f"{PERSON}/notice-withdrawal", member.withdraw_notice),
    act(f"{PERSON}/ending", member.end),
    act(f"{PERSON}/ending-withdrawal", member.take_back_end),
    act(f"{PERSON}/renewal", member.renew),
    act(f"{PERSON}/suspension", member.suspend),
    act(f"{PERSON}/suspensions/{{suspension_id:int}}/restoration", member.restore),
    act(f"{PERSON}/death", member.note_death),
    act(f"{PERSON}/death-withdrawal", member.take_back_death),
    act(f"{PERSON}/settlement", member.settle_death),
    see(f"{PERSON}/erasure", erasure.before_erasing),
    act(f"{PERSON}/erasure", erasure.erase),
    act(f"{PERSON}/erasure/refusal", erasure.decline),
    see(f"{PERSON}/data.json", erasure.data_as_json),
    see(f"{PERSON}/data.pdf", erasure.data_as_pdf),
    act(f"{PERSON}/duplicate", duplicates.name_pair),
    see("/board/duplicates", duplicates.overview),
    act("/board/duplicates/search", duplicates.look),
    see(PAIR, duplicates.one),
    act(f"{PAIR}/dismissal", duplicates.dismiss),
    act(f"{PAIR}/merge", duplicates.merge),
    see("/board/merges/{merge_id:int}", duplicates.merged),
    act("/board/merges/{merge_id:int}/undoing", duplicates.undo),
    see("/board/fees", treasury.overview),
    see("/board/fees.csv", treasury.as_csv),
    see("/board/fees.xlsx", treasury.as_xlsx),
    see("/board/fees/direct-debit.xml", treasury.debit_file),
    act("/board/fees/charges", treasury.charge),
    act("/board/fees/invoices", treasury.invoice_all),
    see(FEE, treasury.one),
    act(f"{FEE}/payment", treasury.pay),
    act(f"{FEE}/waiver", treasury.waive),
    act(f"{FEE}/reopening", treasury.reopen),
    act(f"{FEE}/invoice", treasury.invoice),
    see("/board/invoices/{invoice_id:int}", treasury.invoice_paper),
    see("/board/privacy", erasure.overview),
    act("/board/privacy/idle", erasure.erase_idle),
    see("/board", board.overview),
    see("/board/letters", board.letters),
    see("/board/deliverability", bounces.overview),
    act("/board/deliverability/{bounce_id:int}/release", bounces.release),
    see("/board/audit", trail.overview),
    see("/board/audit.csv", trail.as_csv),
    act("/board/letters/{letter_id:int}/release", letters.release),
    see("/board/events", planning.overview),
    act("/board/events", planning.create),
    see("/board/events/new", planning.new),
    see("/board/events/{slug:str}", places.desk),
    see("/board/events/{slug:str}/settings", planning.settings),
    act("/board/events/{slug:str}/settings", planning.change),
    see("/board/events/{slug:str}/copies", planning.asked_copy),
    act("/board/events/{slug:str}/copies", planning.copy),
    see("/board/events/{slug:str}/series", series.asked_series),
    act("/board/events/{slug:str}/series", series.create),
    see("/board/events/{slug:str}/series/changes", series_changes.asked_change),
    act("/board/events/{slug:str}/series/changes", series_changes.change),
    see("/board/series", series.overview),
    see(SERIES, series.one),
    act(f"{SERIES}/occurrences", series.add),
    see(f"{SERIES}/extension", series.asked_more),
    act(f"{SERIES}/extension", series.extend),
    *(see(f"{SERIES}/{noun}", series_changes.asking(noun)) for noun in series_changes.ACTIONS),
    *(act(f"{SERIES}/{noun}", series_changes.taking(noun)) for noun in series_changes.ACTIONS),
    act(f"{SERIES}/resumption", series_changes.resume),
    *(see(f"/board/events/{{slug:str}}/{noun}", steps.asking(noun)) for noun in steps.NOUNS),
    *(act(f"/board/events/{{slug:str}}/{noun}", steps.taking(noun)) for noun in steps.NOUNS),
    see(NUMBERS, turnout.numbers),
    see(f"{NUMBERS}.csv", turnout.numbers_csv),
    see(f"{NUMBERS}.xlsx", turnout.numbers_xlsx),
    see(SEGMENT, turnout.segment),
    see(f"{SEGMENT}/people.csv", turnout.people_csv),
    see(f"{SEGMENT}/people.xlsx", turnout.people_xlsx),
    see(f"{SEGMENT}/letter", segment_letters.write),
    act(f"{SEGMENT}/letter", segment_letters.send),
    see("/board/events/{slug:str}/messages/{message_id:int}", segment_letters.sent),
    see("/board/events/{slug:str}/programme", timetable.programme),
    act("/board/events/{slug:str}/programme", timetable.add_part),
    see("/board/events/{slug:str}/programme/{part_id:int}", timetable.one_part),
    act("/board/events/{slug:str}/programme/{part_id:int}", timetable.change_part),
    act("/board/events/{slug:str}/programme/{part_id:int}/removal", timetable.remove_part),
    see(DOCUMENTS, documents.overview),
    act(DOCUMENTS, documents.add, request_max_body_size=uploads.BODY_BYTES),
    see(DOCUMENT, documents.one),
    act(DOCUMENT, documents.change),
    act(f"{DOCUMENT}/version", documents.renew, request_max_body_size=uploads.BODY_BYTES),
    act(f"{DOCUMENT}/up", documents.move_up),
    act(f"{DOCUMENT}/down", documents.move_down),
    act(f"{DOCUMENT}/removal", documents.remove),
    see(DOOR, door.show),
    act(DOOR, door.scan, SCAN),
    act(f"{DOOR}/scans/{{scan_id:int}}/undoing", door.undo),
    see(f"{DOOR}/walk-in", door.asked_walk_in),
    act(f"{DOOR}/walk-in", door.walk_in),
    act(f"{DOOR}/admission/{{registration_id:int}}", door.admit),
    see(f"{DOOR}/sheet", door.sheet),
    see(f"{DOOR}/helpers", door.helping),
    act(f"{DOOR}/helpers", door.give),
    act(f"{DOOR}/helpers/{{link_id:int}}/revocation", door.revoke),
    see("/board/events/{slug:str}/registration", on_behalf.ask),
    act("/board/events/{slug:str}/registration", on_behalf.register),
    see("/board/events/{slug:str}/registration/list", listed.ask),
    act("/board/events/{slug:str}/registration/list", listed.take),
    see(SOMEBODY, somebody.show),
    act(f"{SOMEBODY}/places", somebody.take),
    act(f"{SOMEBODY}/removal", somebody.drop),
    act(f"{SOMEBODY}/place", somebody.place),
    act(f"{SOMEBODY}/approval", somebody.approve),
    act(f"{SOMEBODY}/rejection", somebody.reject),
    see("/board/events/{slug:str}/terms", admission.ask_terms),
    act("/board/events/{slug:str}/terms", admission.set_terms),
    see("/board/events/{slug:str}/codes", admission.codes_page),
    act("/board/events/{slug:str}/codes", admission.make_code),
    act("/board/events/{slug:str}/codes/{code_id:int}/revocation", admission.revoke_code),
    see("/board/events/{slug:str}/fees", ticket_money.overview),
    see("/board/events/{slug:str}/fees.csv", ticket_money.as_csv),
    see("/board/events/{slug:str}/fees.xlsx", ticket_money.as_xlsx),
    see(f"{TICKET_FEE}/waiver", ticket_money.ask_waiver),
    act(f"{TICKET_FEE}/waiver", ticket_money.waive),
    act(f"{TICKET_FEE}/marks/{{action:str}}", ticket_money.mark),
    see(PRESENCE, presences.overview),
    act(f"{PRESENCE}/drawing-up", presences.draw_up),
    act(f"{PRESENCE}/showing", presences.show),
    act(f"{PRESENCE}/settlement", presences.settle),
    see(f"{PRESENCE}/list", presences.paper),
    act(f"{PRESENCE}/list", presences.tick_off),
    see(f"{PRESENCE}/{{person_id:int}}", presences.one),
    act(f"{PRESENCE}/{{person_id:int}}", presences.correct),
    act(f"{PRESENCE}/{{person_id:int}}/declining", presences.decline),
    see("/board/accreditation", accreditation.overview),
    see(ACCREDITATION, accreditation.of_event),
    act(ACCREDITATION, accreditation.plan),
    see(f"{ACCREDITATION}/{{accreditation_id:int}}", accreditation.one),
    act(f"{ACCREDITATION}/{{accreditation_id:int}}/steps/{{action:str}}", accreditation.step),
    act(f"{ACCREDITATION}/{{accreditation_id:int}}/numbers", accreditation.ask_numbers),
    act(f"{ACCREDITATION}/{{accreditation_id:int}}/exports", handing_in.export),
    see(f"{ACCREDITATION}/{{accreditation_id:int}}/exports/{{export_id:int}}", handing_in.one),
    see(
        f"{ACCREDITATION}/{{accreditation_id:int}}/exports/{{export_id:int}}/list.txt",
        handing_in.as_text,
    ),
    see("/registrations/{code:str}/numbers", given_numbers.ask),
    act("/registrations/{code:str}/numbers", given_numbers.give),
    see(CERTIFICATES, giving.overview),
    act(CERTIFICATES, giving.give_all),
    see(f"{CERTIFICATES}/{{certificate_id:int}}", giving.one),
    see(f"{CERTIFICATES}/{{certificate_id:int}}/paper", giving.on_paper),
    act(f"{CERTIFICATES}/{{certificate_id:int}}/revocation", giving.revoke),
    act(f"{CERTIFICATES}/{{certificate_id:int}}/renewal", giving.give_again),
    see("/verify", certificates.ask),
    see("/verify/{code:str}", certificates.answer),
    see("/me/certificates", certificates.mine),
    see("/me/certificates/{certificate_id:int}", certificates.my_paper),
    see("/registrations/{code:str}/certificate", certificates.by_link),
    see("/board/events/{slug:str}/evaluation", evaluation.results),
    see("/registrations/{code:str}/evaluation", evaluation.ask),
    act("/registrations/{code:str}/evaluation", evaluation.answer),
    see("/registrations/{code:str}/presence", presence.mine),
    act("/registrations/{code:str}/presence/objection", presence.objection),
    see("/check-in/{token:str}", attendance.show),
    act("/check-in/{token:str}", attendance.scan, SCAN),
    act("/check-in/{token:str}/scans/{scan_id:int}/undoing", attendance.undo),
    see("/registrations/{code:str}/ticket", attendance.ticket),
    see("/registrations/{code:str}/ticket.pdf", attendance.ticket_pdf),
    see("/board/events/{slug:str}/answers", answers_board.answers),
    see("/board/events/{slug:str}/answers.csv", answers_board.answers_csv),
    see("/board/events/{slug:str}/answers.xlsx", answers_board.answers_xlsx),
    see("/board/events/{slug:str}/needs", answers_board.needs_page),
    see("/board/events/{slug:str}/needs.csv", answers_board.needs_csv),
    see(QUESTIONS, questions.overview),
    act(QUESTIONS, questions.create),
    see(f"{QUESTIONS}/new", questions.new),
    see(f"{QUESTIONS}/preview", questions.preview),
    act(f"{QUESTIONS}/copy", questions.copy),
    act(f"{QUESTIONS}/needs", questions.ask_needs),
    act(f"{QUESTIONS}/asking", questions.ask_them),
    see(QUESTION, questions.one),
    act(QUESTION, questions.change),
    act(f"{QUESTION}/up", questions.move_up),
    act(f"{QUESTION}/down", questions.move_down),
    act(f"{QUESTION}/retirement", questions.retire),
    act(f"{QUESTION}/revival", questions.revive),
    act(f"{QUESTION}/removal", questions.remove),
    see("/board/events/{slug:str}/registrations.csv", places.as_csv),
    see("/board/events/{slug:str}/registrations.xlsx", places.as_xlsx),
    act("/board/events/{slug:str}/lines/{line_id:int}/place", places.place),
    see("/board/events/{slug:str}/units", unit_form.ask),
    act("/board/events/{slug:str}/units", unit_form.add),
    see("/board/events/{slug:str}/units/{unit_id:int}", places.look),
    act("/board/events/{slug:str}/units/{unit_id:int}", places.change_capacity),
    act("/board/events/{slug:str}/lines/{line_id:int}/cancellation", places.remove),
    see("/dev/letters", letters.sent),
    see("/dev/letters/{kind:str}/{said:str}", letters.sample),
    see("/dev/letters/{kind:str}/{said:str}/html", letters.sample_html),
    see("/dev/mail/{name:uuid}", letters.sent_html),
]

HOOK = "/board/webhooks/{webhook_id:int}"
WEBHOOKS = [
    see("/board/webhooks", webhooks.overview),
    act("/board/webhooks", webhooks.create),
    see("/board/webhooks/new", webhooks.new),
    see("/board/webhooks/secret", webhooks.shown),
    see(HOOK, webhooks.one),
    see(f"{HOOK}/settings", webhooks.edit),
    act(f"{HOOK}/settings", webhooks.change),
    act(f"{HOOK}/secret", webhooks.renew_secret),
    act(f"{HOOK}/pause", webhooks.pause),
    act(f"{HOOK}/resumption", webhooks.resume),
    act(f"{HOOK}/test", webhooks.test),
    act(f"{HOOK}/removal", webhooks.remove),
    act(HOOK + "/deliveries/{delivery_id:int}/retry", webhooks.try_again),
]

READ, WRITE = Scope.registrations_read, Scope.registrations_write
API_EVENTS = [
    tell("/api/events", events_api.upcoming_events, scope=Scope.events_read, for_strangers=True),
    tell(
        "/api/events/{slug:str}", events_api.one_event, scope=Scope.events_read, for_strangers=True
    ),
    tell(
        "/api/events/{slug:str}/questions",
        questions_api.event_questions,
        scope=Scope.events_read,
        for_strangers=True,
    ),
    tell(
        "/api/events/{slug:str}/places",
        places_api.places_of_event,
        scope=Scope.events_read,
        for_strangers=True,
    ),
    ask(
        "/api/events/{slug:str}/registrations",
        places_api.create_registration,
        scope=WRITE,
        status=201,
    ),
    *(
        ask(f"/api/events/{{slug:str}}/{noun}", handler, scope=Scope.board)
        for noun, handler in steps.API.items()
    ),
]
API_DOOR = [
    tell("/api/events/{slug:str}/door", door_api.door, scope=Scope.check_in),
    ask("/api/events/{slug:str}/scans", door_api.scan, scope=Scope.check_in, brake=SCAN),
    ask(
        "/api/events/{slug:str}/scans/{scan_id:int}/undoing",
        door_api.undo,
        scope=Scope.check_in,
        status=204,
    ),
]
THESE = "/api/series/{series_id:int}"
API_SERIES = [
    ask("/api/events/{slug:str}/series/days", series_api.days_of_series, scope=Scope.board),
    ask("/api/events/{slug:str}/series", series_api.create_series, scope=Scope.board, status=201),
    ask("/api/events/{slug:str}/series/changes", series_api.change_in_series, scope=Scope.board),
    tell("/api/series", series_api.all_series, scope=Scope.board),
    tell(THESE, series_api.one_series, scope=Scope.board),
    ask(f"{THESE}/extension", series_api.extend_series, scope=Scope.board),
    ask(f"{THESE}/occurrences", series_api.add_occurrence, scope=Scope.board, status=201),
    ask(f"{THESE}/resumption", series_api.resume_series, scope=Scope.board),
    *(
        ask(f"{THESE}/{noun}", handler, scope=Scope.board)
        for noun, handler in series_api.STEPS.items()
    ),
]
PLACE = "/api/registrations/{code:str}"  # whoever holds the code may look and act
API_PLACES = [
    tell(PLACE, places_api.one_registration, scope=READ, for_strangers=True),
    *(
        ask(f"{PLACE}/{verb}", handler, scope=WRITE, for_strangers=True)
        for verb, handler in (
            ("verification", places_api.confirm_registration),
            ("acceptance", places_api.accept_offer),
            ("decline", places_api.decline_offer),
            ("cancellation", places_api.cancel_registration),
            ("places", places_api.take_place),
        )
    ),
]
PROPOSAL = "/api/proposals/{code:str}"
API_TALKS = [
    tell("/api/calls", talks_api.calls, scope=None),
    tell("/api/calls/{slug:str}", talks_api.one_call, scope=None),
    ask(
        "/api/calls/{slug:str}/proposals",
        talks_api.create_proposal,
        scope=Scope.proposals_write,
        status=201,
    ),
    tell(PROPOSAL, talks_api.one_proposal, scope=Scope.proposals_read),
    *(
        ask(f"{PROPOSAL}/{verb}", handler, scope=Scope.proposals_write)
        for verb, handler in (
            ("submission", talks_api.submit_proposal),
            ("confirmation", talks_api.confirm_proposal),
            ("withdrawal", talks_api.withdraw_proposal),
        )
    ),
]

APPLICATION = "/api/applications/{application_id:int}"
API_APPLICATIONS = [
    tell("/api/applications", applications_api.waiting, scope=Scope.board),
    tell(APPLICATION, applications_api.one, scope=Scope.board),
    *(
        decide(f"{APPLICATION}/{verb}", handler)
        for verb, handler in (
            ("question", applications_api.ask_more),
            ("rejection", applications_api.reject),
            ("approval", applications_api.approve),
        )
    ),
]

MEMBER = "/api/people/{person_id:int}"
API_MEMBERS = [
    tell(MEMBER, members_api.one, scope=Scope.board),
    *(
        decide(f"{MEMBER}/{verb}", handler)
        for verb, handler in (
            ("conversion", members_api.convert),
            ("conversion-withdrawal", members_api.take_back_conversion),
            ("notice", members_api.give_notice),
            ("notice-withdrawal", members_api.withdraw_notice),
            ("ending", members_api.end),
            ("ending-withdrawal", members_api.take_back_end),
            ("renewal", members_api.renew),
            ("suspension", members_api.suspend),
            ("suspensions/{suspension_id:int}/restoration", members_api.restore),
            ("death", members_api.note_death),
            ("death-withdrawal", members_api.take_back_death),
            ("settlement", members_api.settle_death),
        )
    ),
]

API_FEES = [
    tell("/api/fees/{year:int}", fees_api.of_year, scope=Scope.board),
    decide("/api/fees", fees_api.charge),
    *(
        decide(f"/api/fees/{{fee_id:int}}/{verb}", handler)
        for verb, handler in (
            ("payment", fees_api.pay),
            ("waiver", fees_api.waive),
            ("reopening", fees_api.reopen),
            ("invoice", fees_api.invoice),
        )
    ),
]

API = [
    see("/api", home_api.documentation),
    see("/api/openapi.json", home_api.openapi),
    tell("/api/me", home_api.me, scope=Scope.me_read),
    *API_EVENTS,
    *API_DOOR,
    *API_SERIES,
    *API_PLACES,
    *API_TALKS,
    *API_APPLICATIONS,
    *API_MEMBERS,
    *API_FEES,
    tell("/api/directory", directory_api.search, scope=None),
    tell("/api/directory/{slug:str}", directory_api.one, scope=None),
]

GROUPS = [
    see("/groups", groups.overview),
    see("/groups/{slug:str}", groups.show),
    act("/groups/{slug:str}/seats", groups.ask),
    act("/groups/{slug:str}/seats/{seat_id:int}/admission", groups.admit),
    act("/groups/{slug:str}/seats/{seat_id:int}/decline", groups.decline),
    act("/groups/{slug:str}/seats/{seat_id:int}/end", groups.end),
    see("/groups/{slug:str}/seats/{seat_id:int}", groups.one_seat),
    act("/groups/{slug:str}/seats/{seat_id:int}/role", groups.change_role),
]

KNOWLEDGE = [
    see("/library", knowledge.library),
    see("/library/{code:str}", knowledge.show),
    see("/library/{code:str}/{file:str}", knowledge.exported),
]

TALKS = [
    see("/calls", talks.calls),
    see("/calls/{slug:str}", talks.show_call),
    see("/calls/{slug:str}/proposals/new", talks.new),
    act("/calls/{slug:str}/proposals", talks.propose, PROPOSE),
    see("/calls/{slug:str}/proposals/asked", talks.asked),
    see("/me/proposals/{code:str}", talks.mine),
    see("/me/proposals/{code:str}/text", talks.text_form),
    act("/me/proposals/{code:str}/text", talks.save_text),
    act("/me/proposals/{code:str}/submission", talks.submit),
    act("/me/proposals/{code:str}/confirmation", talks.confirm),
    act("/me/proposals/{code:str}/withdrawal", talks.withdraw),
    see("/board/talks", committee.overview),
    see("/board/talks/{slug:str}", committee.desk),
    see("/board/talks/{slug:str}/proposals.csv", committee.as_csv),
    see("/board/talks/{slug:str}/proposals.xlsx", committee.as_xlsx),
    see("/board/talks/{slug:str}/{code:str}", committee.one),
    act("/board/talks/{slug:str}/{code:str}/acceptance", committee.accept),
    act("/board/talks/{slug:str}/{code:str}/reserve", committee.reserve),
    act("/board/talks/{slug:str}/{code:str}/rejection", committee.reject),
    act("/board/talks/{slug:str}/{code:str}/revision", committee.revise),
    act("/board/talks/{slug:str}/{code:str}/activation", committee.activate),
    act("/board/talks/{slug:str}/{code:str}/reopening", committee.reopen),
    act("/board/talks/{slug:str}/{code:str}/cancellation", committee.cancel),
    act("/board/talks/{slug:str}/{code:str}/delivery", committee.deliver),
]

INBOUND_MAIL = [
    act("/inbound/mail", inbound.mail, INBOUND, request_max_body_size=MAIL_BYTES),
]
CALENDARS = [
    see("/calendars", calendars.index),
    act("/calendars/addresses", calendars.create),
    see("/calendars/addresses/new", calendars.shown),
    see("/calendars/invitations", choice_pages.show),
    act("/calendars/invitations", choice_pages.choose),
    see("/calendars/addresses/{address_id:int}", calendars.one),
    act("/calendars/addresses/{address_id:int}", calendars.change),
    act("/calendars/addresses/{address_id:int}/revocation", calendars.revoke),
    see("/board/calendars", calendar_desk.overview),
    see("/board/calendars/moves/{move_id:int}", calendar_desk.move),
    act("/board/calendars/moves/{move_id:int}/letters", calendar_desk.mail),
    see("/calendars/read/public", reading.public),
    see("/calendars/read/deadlines", reading.deadlines),
    see("/calendars/read/own", reading.own),
    see("/calendars/read/groups/{slug:str}", reading.group),
    see("/calendars/read/events/{slug:str}", reading.event_programme),
]

FEEDS = [
    feed("/calendars/public.ics", addresses.public),
    feed("/calendars/public.atom", addresses.public_atom),
    feed("/calendars/public.json", addresses.public_json),
    feed("/calendars/deadlines.ics", addresses.deadlines),
    feed("/calendars/groups/{file:str}", addresses.group),
    feed("/calendars/personal/{file:path}", addresses.personal),
    feed("/events/{slug:str}/event.ics", addresses.event),
    see("/events/{slug:str}/online", joining.online),
    feed("/calendars/events/{slug:str}/programme.ics", addresses.event_programme),
]

ROUTES = [
    *HOME,
    *PEOPLE,
    *APPLICATIONS,
    *DIRECTORY,
    *ACCOUNTS,
    *CALENDARS,
    *INBOUND_MAIL,
    *FEEDS,
    *EVENTS,
    *GROUPS,
    *KNOWLEDGE,
    *TALKS,
    *NEWSLETTERS,
    *BOARD,
    *WEBHOOKS,
    *API,
    create_admin_app(),
    see("/static/{name:str}", static),
    see("/health", health),
]
