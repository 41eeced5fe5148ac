"""Open what somebody uploads as a table: by content, within bounds, or refused with the rule that failed."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.files import DEFAULT_LIMIT, ZIP, clean_name, inspect_upload
from msw_portal.kernel.tables import csv_text
from msw_portal.kernel.tables.rows import Table, refusal

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
CSV_NAMES = (".csv", ".txt", ".tsv")


def table_open(name: str, content: bytes) -> Table:
    """The table in a file, XLSX or CSV.

    Raises:
        DomainError: on `file`: those of `files.inspect_upload`, `table.old_excel`, `table.type`,
            `table.encoding`, `table.no_sheet`, `file.empty`, `file.too_large`.
    """
    limit = getattr(settings, "MAX_UPLOAD_BYTES", DEFAULT_LIMIT)
    if not content.strip():
        raise DomainError("file.empty", _("文件是空的，请重新选择。"), "file")
    if len(content) > limit:
        sentence = _("文件超过 %(limit)s MB，请压缩或分开上传。") % {"limit": limit // 1024**2}
        raise DomainError("file.too_large", sentence, "file")
    if content.startswith(OLD_EXCEL):
        sentence = _("这是旧版 Excel（.xls）或带密码的文件，请去掉密码，另存为 XLSX。")
        raise refusal("old_excel", sentence)
    if content.startswith(ZIP):
        inspect_upload(clean_name(name), content)
        from msw_portal.kernel.tables import workbook  # openpyxl takes long to read

        return workbook.opened(content)
    if not clean_name(name).lower().endswith(CSV_NAMES):
        raise refusal("type", _("只接受 XLSX 或 CSV 文件（按内容判断）。"))
    text, encoding = csv_text.decoded(content)
    return Table(("CSV",), (), encoding, lambda _sheet: csv_text.rows_of(text))
