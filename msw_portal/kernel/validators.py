"""Numbers that carry their own check, and the sentence for each way they fail."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.crypto import normalise_uscc

USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def validate_uscc(value: str) -> None:
    """A unified social credit code (GB 32100).

    Raises:
        ValidationError: for its length, a character or the check character.
    """
    code = normalise_uscc(value)
    if len(code) != 18:
        raise ValidationError(_("统一社会信用代码应为 18 位。"), code="length")
    if set(code) - set(USCC_LETTERS):
        raise ValidationError(_("统一社会信用代码只含数字和不含 I、O、S、V、Z 的大写字母。"), code="letters")
    total = sum(USCC_LETTERS.index(c) * w for c, w in zip(code[:17], USCC_WEIGHTS, strict=True))
    if USCC_LETTERS[(31 - total % 31) % 31] != code[17]:
        raise ValidationError(_("统一社会信用代码的校验位不对，请核对原件。"), code="check")
