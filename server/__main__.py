"""`python -m server …` is `netwerk …`."""

import sys

from server.cli import main

sys.exit(main())
