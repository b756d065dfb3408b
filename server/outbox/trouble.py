"""What can be wrong when a letter is handed over: with it, with the moment, or with us."""


class Refused(Exception):
    """The other side will not take this letter, ever (5xx)."""


class NotNow(Exception):
    """The other side will not take this letter now (4xx): to be tried again."""


class Broken(Exception):
    """The connection broke while this letter was on it; the others were not tried."""


class Unreachable(Exception):
    """Nobody takes letters now, or not from us: it says nothing about any letter."""
