"""The drawings a case has, as blocks of a sheet."""

from collections.abc import Mapping
from typing import Any

from cases.models.casework import Case, CaseForm
from cases.models.codes import FormKind, FormState
from msw_portal.kernel.drawings.svg import drawing_svg

# The group of the assessment form F3 under which a drawing stands.
GROUPS = {"family": FormKind.GENOGRAM, "ecomap": FormKind.ECOMAP}
# What the paper has room for, in millimetres, and how wide one unit of a drawing is on a screen.
PAPER_WIDTH, PAPER_HEIGHT, UNIT = 174, 120, 0.2646


def newest_drawing(case: Case, kind: str) -> CaseForm | None:
    rows = CaseForm.objects.filter(case=case, kind=kind, state=FormState.FINAL)
    return rows.select_related("finalized_by").order_by("-version").first()


def drawing_block(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The drawing as a block of a sheet, in its natural size where the paper has room for it."""
    svg = drawing_svg(payload)
    width, height = (
        float(svg.split(f' {side}="')[1].split('"')[0]) for side in ("width", "height")
    )
    shown = min(PAPER_WIDTH, width * UNIT, PAPER_HEIGHT * width / height)
    return {"t": "svg", "svg": str(svg), "width": round(shown, 1)}


def drawing_blocks(case: Case) -> list[tuple[str, dict[str, Any]]]:
    """The newest drawings for the groups of F3 they belong to."""
    found = [(name, newest_drawing(case, kind)) for name, kind in GROUPS.items()]
    return [(name, drawing_block(row.payload)) for name, row in found if row is not None]
