"""The Content-Security-Policy of our pages, and of pages that show another page of ours within."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
WITH_FRAME = f"{CSP}; frame-src 'self'"
# A mail within a page: no script, no forms, nothing fetched, and to us it is a stranger.
FRAMED_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'; sandbox"
)
