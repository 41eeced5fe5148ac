"""What the tests of imports share."""

import pytest

from departments.models.imports import ImportRow, ImportRun
from departments.services.importing.kinds import kinds
from departments.services.importing.runs import import_confirm, import_map, import_upload
from departments.services.jobs import job_run
from tests.imports import files


@pytest.fixture(autouse=True)
def _quiet_heart(monkeypatch):
    """The heartbeat has a connection of its own, which cannot see an uncommitted job."""
    monkeypatch.setattr("departments.services.jobs.HEARTBEAT_SECONDS", 600)


class Importing:
    """A person who brings files."""

    def __init__(self, user, acting, kind: str):
        self.user, self.acting, self.kind = user, acting, kind

    def bring(self, content: bytes, name: str = "名单.xlsx", source: str = "HIS") -> ImportRun:
        with self.acting(self.user):
            return import_upload(
                kind=kinds()[self.kind],
                source=source,
                file=files.upload(content, name),
                by=self.user,
            )

    def review(self, run: ImportRun, columns=None) -> ImportRun:
        with self.acting(self.user):
            run = import_map(run=run, sheet=run.sheet, columns=columns or run.mapping, by=self.user)
        assert job_run(run.job.uid)
        return self.now(run)

    def confirm(self, run: ImportRun) -> ImportRun:
        with self.acting(self.user):
            run = import_confirm(run=run, by=self.user)
        assert job_run(run.job.uid)
        return self.now(run)

    def now(self, run: ImportRun) -> ImportRun:
        with self.acting(self.user):
            return ImportRun.objects.visible_to(self.user).select_related("job").get(pk=run.pk)

    def through(self, content: bytes, name: str = "名单.xlsx") -> ImportRun:
        return self.confirm(self.review(self.bring(content, name)))

    def faults(self, run: ImportRun) -> dict[int, list]:
        with self.acting(self.user):
            rows = ImportRow.objects.visible_to(self.user).filter(run=run, state="refused")
            return {row.line: row.payload["faults"] for row in rows.order_by("line")}


@pytest.fixture
def brings(acting):
    """`brings(user, "persons")` — somebody with a file of a kind."""
    return lambda user, kind: Importing(user, acting, kind)
