"""The numbers of PostgreSQL's advisory locks: each guards one thing, and no two share one."""

SEAL = 7_010_001
MIGRATION = 7_010_002
MARKS = 7_010_003  # the triggers of the calendar take it too, by this number
MEMBER_NUMBER = 7_010_004
OFFICES = 7_010_005
WEBHOOKS = 7_010_006
IMPORT = 7_010_021
DEADLINES = 7_010_034
# These count a second number beside it: a bucket of addresses, a year.
ADDRESS = 7_010_022
FEES_OF_YEAR = 7_010_023
INVOICES_OF_YEAR = 7_010_024
CERTIFICATES_OF_YEAR = 7_010_025
