"""How often an API client may ask: counted in Redis by one script, in PostgreSQL while Redis is away."""

import functools
import logging
import math
import time
import uuid

import redis
from django.conf import settings
from django.http import HttpResponse

from departments.services import rate
from departments.services.rate import Hit

log = logging.getLogger(__name__)
QUIET_SECONDS = 10
# Counted and given its end in one step: two requests at once are two, and no window stays for ever.
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""
_quiet_until = 0.0


def client_hit(client_uid: uuid.UUID) -> Hit:
    """Count one request of a client in its window; true while it is within the limit.

    A Redis that is away, or hangs, costs a fifth of a second once in ten: meanwhile PostgreSQL counts.
    """
    global _quiet_until
    limit, window = settings.API_LIMIT, settings.API_WINDOW_SECONDS
    if time.monotonic() >= _quiet_until:
        try:
            count, left = _script(settings.REDIS_URL)(
                keys=[f"msw:api:{client_uid}"], args=[window * 1000]
            )
        except redis.RedisError as error:
            _quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("API clients are counted in PostgreSQL: %s", type(error).__name__)
        else:
            return Hit(count, limit, max(1, math.ceil(left / 1000)))
    return rate.hit(f"api:{client_uid}", limit=limit, window=window, is_aside=False)


def tell(response: HttpResponse, hit: Hit) -> HttpResponse:
    """Add what is left to an answer (draft-ietf-httpapi-ratelimit-headers)."""
    response["RateLimit-Policy"] = f'"client";q={hit.limit};w={settings.API_WINDOW_SECONDS}'
    response["RateLimit"] = f'"client";r={hit.attempts_left};t={hit.seconds_left}'
    return response


@functools.cache
def _script(url: str) -> redis.commands.core.Script:
    link = redis.Redis.from_url(url, socket_timeout=0.2, socket_connect_timeout=0.2)
    return link.register_script(COUNT)
