"""Who understands mail that comes in, asked in this order."""

from server.bounces import service as bounces
from server.inbound.service import Reader
from server.invitations import replies
from server.newsletters import leaving_by_mail

READERS: tuple[Reader, ...] = (replies.READER, bounces.READER, leaving_by_mail.READER)
