"""What a page says of itself to machines that read it (schema.org as JSON-LD)."""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup


def script(card: Mapping[str, Any]) -> Markup:
    """JSON that no browser can mistake for the end of its element."""
    text = json.dumps(card, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
