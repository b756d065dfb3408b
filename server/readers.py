"""Who understands mail that comes in, asked in this order."""

from server.bounces import service as bounces
from server.calendars import replies
from server.inbound.service import Reader

READERS: tuple[Reader, ...] = (replies.READER, bounces.READER)
