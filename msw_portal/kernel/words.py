"""What the catalogues were asked once they are not asked again by this process."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import trans_real

# More than there are sentences; each is kept by the catalogue anyway.
MOST = 20_000


def keep_found() -> None:
    """Keep every answer of the catalogues, before the server's workers part.

    A page asks for some hundred words. The interface is written in Chinese, so that each of them is missed by four
    dictionaries, twice, with a plural rule between them, before it is itself.
    """
    for code, _name in settings.LANGUAGES:
        book = trans_real.translation(code)
        book.gettext = lru_cache(maxsize=MOST)(book.gettext)
