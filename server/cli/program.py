"""`netwerk COMMAND`: read the words, load the settings, do it; every problem is a sentence."""

import argparse
import os
import time
from collections.abc import Sequence

from server import logs, settings
from server.cli import commands, imports, lists, privacy, running
from server.cli.saying import CannotStart, complain
from server.postgres import PostgresProblem
from server.settings import Settings, WrongSettings

SIMPLE = {
    "migrate": commands.migrate,
    "seed": commands.seed,
    "demo": commands.demo,
    "set-up-link": commands.set_up_link,
    "worker": commands.work,
    "doctor": commands.examine,
    "verify-audit": commands.verify_audit,
    "renew-seals": commands.renew_seals,
    "read-mailbox": commands.read_mailbox,
}
FOR_SOMEBODY = {
    "sign-in-link": (commands.sign_in_link, "print a fresh sign-in link for one person"),
    "reset-second-factor": (
        commands.reset_second_factor,
        "take one person's second factor and password away",
    ),
    "create-board-member": (commands.create_board_member, "give one person board rights"),
    "create-system-keeper": (commands.create_keeper, "give one person every right"),
}
LISTS = {
    "routes": (lists.routes, "print every address of the product"),
    "states": (lists.write_states, "write docs/states.md from the state machines"),
    "letters": (lists.letters, "print every letter and when it is sent"),
}
HELP = {
    "migrate": "bring the database to the newest migration",
    "seed": "put in the vocabularies and resources that are missing",
    "demo": "load the demo story when the database is empty",
    "set-up-link": "print a one-time link that makes the first board account",
    "doctor": "look at everything an operator can get wrong, and say what to do",
    "renew-seals": "seal secrets of apps and webhooks with the newest SECRET_KEY",
    "read-mailbox": "look once for answers of calendars in the mailbox of MAILBOX_URL",
    "verify-audit": "read the whole audit trail and say whether it closes",
    "worker": "run only the worker, beside other processes",
}


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command. Exit codes: 0 done, 1 cannot, 2 wrong words or settings."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    asked = _parser().parse_args(words)
    logs.configure()
    try:
        given = settings.load(os.environ)
        settings.use(given)
        return _do(asked, given)
    except WrongSettings as wrong:
        complain("The program cannot start with these settings:")
        for sentence in wrong.sentences:
            complain(f"  {sentence}")
        return 2
    except (CannotStart, PostgresProblem) as problem:
        complain(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130


def _do(asked: argparse.Namespace, given: Settings) -> int:
    match asked.command:
        case "run":
            return running.run(given, asked.workers)
        case "serve":
            return commands.serve(given, asked.socket)
        case command if command in FOR_SOMEBODY:
            deed = FOR_SOMEBODY[command][0]
            return commands.with_database(given, lambda: deed(asked.address))
        case "import":
            return commands.with_database(given, lambda: imports.people(asked))
        case "retention":
            return commands.with_database(given, lambda: privacy.retention(asked))
        case command if command in SIMPLE:
            return commands.with_database(given, SIMPLE[command])
        case command:
            LISTS[command][0](given)
            return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="netwerk", description="The network's program.")
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = verbs.add_parser("run", help="start everything: database, pages and worker")
    run.add_argument("--workers", type=_count, default=1, help="processes that serve pages")
    for name, (_, text) in FOR_SOMEBODY.items():
        verbs.add_parser(name, help=text).add_argument("address", help="their mail address")
    for name, text in HELP.items():
        verbs.add_parser(name, help=text)
    for name, (_, text) in LISTS.items():
        verbs.add_parser(name, help=text)
    bring = verbs.add_parser("import", help="look at a file of people, or take it in")
    bring.add_argument("what", choices=["people"])
    bring.add_argument("file", help="a CSV, XLSX, XLS or ODS file")
    bring.add_argument("--source", default="", help="where it comes from: its columns are kept")
    bring.add_argument("--go", action="store_true", help="take in what is new and changed")
    keep = verbs.add_parser("retention", help="say what has been kept long enough, or forget it")
    how = keep.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="only say it, as without a word")
    how.add_argument("--go", action="store_true", help="forget it; of people the board decides")
    serve = verbs.add_parser("serve")  # started by `run --workers`, for no hand
    serve.add_argument("--socket", type=int, required=True)
    return parser


def _count(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError("a number from 1 to 64")
