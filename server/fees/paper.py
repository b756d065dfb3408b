"""An invoice on paper, with a QR code that a bank's app reads (EPC069-12)."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import segno.helpers

from server import language, settings
from server.fees.queries import InvoiceView
from server.web import pdf

TEMPLATE = Path(__file__).with_name("invoice.typ")


async def invoice(view: InvoiceView, *, said: str) -> bytes:
    """The invoice as it was made, in the reader's language; a code only while it is due."""
    us = settings.current().association
    lines = [
        {
            "what": line[said],
            "days": language.text(
                said,
                "fees.paper.days",
                first=language.long_day(date.fromisoformat(line["from_on"]), said),
                last=language.long_day(date.fromisoformat(line["until_on"]), said),
            ),
            "amount": language.money(line["cents"], said),
        }
        for line in json.loads(view.lines)
    ]
    words = ("title", "number", "date", "due", "total", "no_vat", "pay", "scan", "paid")
    data = {
        "lang": said,
        "words": {word: language.text(said, f"fees.paper.{word}") for word in words},
        "us": {"name": us.name, "address": us.address, "iban": us.spaced_iban},
        "to": view.addressee.split("\n"),
        "number": view.code,
        "date": language.long_day(view.issued_on, said),
        "due": language.long_day(view.due_on, said),
        "lines": lines,
        "total": language.money(view.total_cents, said),
        "paid": view.state != "due",
        "qr": _qr(view) if view.state == "due" and us.iban else "",
    }
    return await pdf.made(TEMPLATE, data)


def _qr(view: InvoiceView) -> str:
    """The code as SVG."""
    us = settings.current().association
    code = segno.helpers.make_epc_qr(
        name=us.name[:70],
        iban=us.iban,
        amount=Decimal(view.total_cents) / 100,
        text=view.code,
        bic=us.bic or None,
    )
    out = io.BytesIO()
    code.save(out, kind="svg", scale=4, border=2)
    return out.getvalue().decode()
