"""The table of answered requests: whether one was seen before, and for how long the app remembers."""

import datetime
import hashlib
import re

from django.utils import timezone
from transactions.models import IdempotencyKey

KEPT = datetime.timedelta(hours=24)
FORGOTTEN_AT_ONCE = 500
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def request_key(client: str, key: str) -> str:
    """The digest by which a client's key is stored. A quoted key is the same as one without quotes.

    Raises ValueError.
    """
    bare = key.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    if not _KEY.fullmatch(bare):
        raise ValueError("The header Idempotency-Key must have 1 to 255 printable ASCII characters without spaces.")
    return hashlib.sha256(f"{client}\n{bare}".encode()).hexdigest()


def fingerprint(path: str, body: bytes) -> str:
    return hashlib.sha256(path.encode() + b"\n" + body).hexdigest()


def forget() -> int:
    """Remove some of the requests that are old enough, and tell how many. By id: no index of times is needed."""
    oldest = IdempotencyKey.objects.order_by("pk").values_list("pk", "created_at")[:FORGOTTEN_AT_ONCE]
    limit = timezone.now() - KEPT
    old = [number for number, created in oldest if created < limit]
    if old:
        IdempotencyKey.objects.filter(pk__in=old).delete()
    return len(old)
