"""Numbers of persons and houses as texts: folding, check digits, and the form that is indexed."""

import unicodedata

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
DIGITS = frozenset("0123456789")
MIDDLE_DOTS = "·•‧∙⋅・･"
_SEPARATORS = frozenset(".·-‐–—_/'()")


def bare(text: str) -> str:
    """NFKC, upper-case, without white space and separators."""
    if not text or (text.isascii() and text.isalnum()):
        return text.upper()  # what most numbers are, and what everything below would leave
    folded = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(c for c in folded if not c.isspace() and c not in _SEPARATORS)
    # Upper case, and marks that lost the space before them, may compose once more.
    return unicodedata.normalize("NFKC", kept)


def id_check_digit(first17: str) -> str:
    """The 18th character of an identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, first17, strict=True))
    return ID_CHECKS[total % 11]


def uscc_check_digit(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100)."""
    total = sum(w * USCC_ALPHABET.index(c) for w, c in zip(USCC_WEIGHTS, first17, strict=True))
    return USCC_ALPHABET[-total % 31]


def normalise_id_no(text: str) -> str:
    """`bare`, and a number of 15 digits made 18 with its century and check digit; never refuses."""
    number = bare(text)
    if len(number) == 15 and DIGITS.issuperset(number):
        long = f"{number[:6]}19{number[6:]}"
        return long + id_check_digit(long)
    return number


def normalise_phone(text: str) -> str:
    """Digits only; a Chinese number without +86 or 0086, another country's with its plus."""
    folded = bare(text)
    is_plain = folded.isascii() and folded.isdigit()
    digits = folded if is_plain else "".join(c for c in folded if c in DIGITS)
    if digits.startswith("0086"):
        return digits[4:]
    has_code = folded.startswith("+86") or (len(digits) == 13 and digits.startswith("861"))
    if has_code:
        return digits[2:]
    return f"+{digits}" if folded.startswith("+") else digits


def index_text(kind: str, value: str) -> str:
    """The text for `crypto.blind_index`, its type before it: `id:11010519491231002X`.

    `kind` is `id`, `phone`, `uscc`, or another type of document such as `passport` or `birth_cert`.
    """
    normalise = {"id": normalise_id_no, "phone": normalise_phone}.get(kind, bare)
    return f"{kind}:{normalise(value)}"
