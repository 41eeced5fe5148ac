"""Pages leave compressed, but never to another site's request (BREACH).

A compressed page whose length shows may give away a secret that stands beside what an attacker chose. The attack
needs the victim's browser to fetch page after page on the attacker's word with the victim's cookies; every such
request says so in Sec-Fetch-Site (Fetch Metadata, W3C) and gets the page as it is. Django's own answer, up to a
hundred random bytes in the head of the stream, stays on top.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Files that are packed already (XLSX, PDF, pictures) and streams leave as they are.
PACKED = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml")
OUR_OWN = ("same-origin", "none")  # a link of ours, an address typed or kept by the person


class PackingMiddleware(GZipMiddleware):
    """gzip for pages; see the module for whom not."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer, packed where it may be; an ETag compared by If-Match is never made weak."""
        is_text = response.get("Content-Type", "").startswith(PACKED)
        if not is_text or not isinstance(response, HttpResponse) or response.has_header("ETag"):
            return response
        return super().process_response(request, response) if _may_pack(request) else response


def _may_pack(request: HttpRequest) -> bool:
    has_secrets = settings.SESSION_COOKIE_NAME in request.COOKIES
    return not has_secrets or request.headers.get("Sec-Fetch-Site") in OUR_OWN
