"""A signature drawn on screen: strokes become a sealed picture, and a row with the hash of the text shown."""

import base64
import io
import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw

from cases.models.casework import Case
from cases.models.consents import Consent
from cases.models.people import Client
from departments import audit
from departments.models.doors import Signature
from departments.models.mechanisms import Document
from departments.models.people import User
from departments.services.documents import SIGNATURE, document_content, document_upload
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.typesetting import embedded_pages

# The pad's own units, whatever the screen: strokes are lists of [x, y] inside this box.
WIDTH, HEIGHT = 600, 200
SCALE = 2
ON_PAPER = 50  # millimetres
SCAN_WIDTH, SCAN_HEIGHT, SCAN_PIXELS = 90, 110, 1400
MAX_POINTS, MIN_POINTS = 5000, 8
MAX_CHARACTERS = 80_000
Strokes = list[list[tuple[int, int]]]


def strokes_of(text: str) -> Strokes:
    """The strokes a pad sent as JSON: `[[[x, y], ...], ...]`, whole numbers inside the box.

    Raises:
        DomainError: `signature.empty` for nothing or a mere dot, `signature.broken` for anything else.
    """
    if not text.strip():
        raise DomainError("signature.empty", _("请在方框内签名。"), "drawing")
    try:
        given = json.loads(text) if len(text) <= MAX_CHARACTERS else None
        strokes = [[(_inside(x, WIDTH), _inside(y, HEIGHT)) for x, y in line] for line in given]
    except (ValueError, TypeError, RecursionError):
        raise DomainError(
            "signature.broken", _("签名没有传完整，请重签一次。"), "drawing"
        ) from None
    points = sum(map(len, strokes))
    if points < MIN_POINTS:
        raise DomainError("signature.empty", _("请在方框内签名。"), "drawing")
    if points > MAX_POINTS:
        raise DomainError("signature.broken", _("签名没有传完整，请重签一次。"), "drawing")
    return strokes


def _inside(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(value)
    return value


def picture_of(strokes: Strokes) -> bytes:
    """PNG of the strokes, black on white, twice the pad's units."""
    picture = Image.new("L", (WIDTH * SCALE, HEIGHT * SCALE), 255)
    pen = ImageDraw.Draw(picture)
    for line in strokes:
        points = [(x * SCALE, y * SCALE) for x, y in line]
        if len(points) > 1:
            pen.line(points, fill=0, width=3 * SCALE, joint="curve")
        for x, y in points:
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def scan_keep(*, owner: Case | Client, file: UploadedFile, by: User) -> Document:
    """Keep the scan of a signed paper as a sealed document of its owner: the case, or the person alone.

    Raises:
        DomainError: `file.*` on field `scan`.
    """
    try:
        return document_upload(subject=owner, kind="consent", file=file, by=by, is_signing=True)
    except DomainError as error:
        error.field = "scan"
        raise


def signature_keep(
    *,
    subject: models.Model,
    owner: Case | Client,
    signer_kind: str,
    signer_name: str,
    relation: str,
    text_hash: bytes,
    drawing: str,
    drawn: Document | None = None,
    by: User,
) -> Signature:
    """Keep a drawn signature, or the scan `drawn`, under `subject`; part of the command that records what was signed.

    The picture is a sealed document of `owner` (the case, or the person alone), the row holds SHA-256 of the text as shown.

    Raises:
        DomainError: `signature.*` on field `drawing`.
    """
    if drawn is None:
        content = picture_of(strokes_of(drawing))
        file = SimpleUploadedFile("签名.png", content, content_type="image/png")
        drawn = document_upload(subject=owner, kind=SIGNATURE, file=file, by=by, is_signing=True)
    signature = Signature(
        organization_id=owner.organization_id,
        is_care=True,
        # A person as a whole stands in no compartment; only cases do.
        compartment_id=owner.compartment_id if isinstance(owner, Case) else None,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_uid=subject.uid,
        signer_kind=signer_kind,
        signer_name=signer_name,
        relation=relation,
        drawn=drawn,
        text_hash=text_hash,
    )
    signature.save(force_insert=True)
    audit.record(
        "signature.keep",
        by=by,
        on=signature,
        subject=subject._meta.model_name,
        subject_uid=subject.uid,
        signer=signer_kind,
    )
    return signature


def consent_blocks(consent: Consent, *, is_named: bool) -> list[dict[str, Any]]:
    """The drawn signature and the scan of the signed paper as blocks of a sheet; [] where there is neither.

    A scan says the name in full, so a masked print tells only that there is one. The print itself is
    in the audit, the pictures are part of it.
    """
    blocks: list[dict[str, Any]] = []
    if consent.signature is not None and (drawn := drawn_blocks(consent.signature)):
        blocks += [{"t": "head", "title": gettext("签名")}, *drawn]
    if consent.evidence is not None:
        blocks += [{"t": "head", "title": gettext("签署件")}, *_scan_of(consent.evidence, is_named)]
    return blocks


def _scan_of(paper: Document, is_named: bool) -> list[dict[str, Any]]:
    if not is_named:
        return [_line(gettext("签署件有完整姓名，遮盖打印时不附；打印完整信息时附上。"))]
    found = scan_blocks(paper)
    return found or [
        _line(gettext("签署件“%(name)s”不能印在这里，请从系统下载。") % {"name": paper.title})
    ]


def _line(text: str) -> dict[str, Any]:
    return {"t": "text", "text": text}


def drawn_blocks(signature: Signature) -> list[dict[str, Any]]:
    """The strokes as they were drawn, or the scan of the signed paper."""
    drawn = signature.drawn
    if drawn is None:
        return []
    if drawn.kind == SIGNATURE:
        return [_picture(document_content(drawn), "png", WIDTH, HEIGHT, ON_PAPER)]
    return scan_blocks(drawn)


def scan_blocks(paper: Document) -> list[dict[str, Any]]:
    """A scanned paper, picture or every page of a PDF; [] for a PDF that cannot be embedded, and a locked file."""
    if paper.is_locked:
        return []
    content = document_content(paper)
    if paper.mime == "application/pdf":
        if not (pages := embedded_pages(content)):
            return []
        return [{"t": "pdf", "pdf": list(content), "pages": pages, "width": SCAN_WIDTH}]
    picture = Image.open(io.BytesIO(content)).convert("L")
    picture.thumbnail((SCAN_PIXELS, SCAN_PIXELS))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    shown = min(SCAN_WIDTH, SCAN_HEIGHT * picture.width / picture.height)
    return [_picture(out.getvalue(), "jpeg", picture.width, picture.height, round(shown, 1))]


def _picture(content: bytes, kind: str, width: int, height: int, shown: float) -> dict[str, Any]:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:image/{kind};base64,{base64.b64encode(content).decode()}"/></svg>'
    )
    return {"t": "svg", "svg": svg, "width": shown}
