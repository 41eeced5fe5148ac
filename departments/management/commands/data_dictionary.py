"""Write the data dictionary: every column of every table, its meaning, its data class and its wall."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from departments.services.data_dictionary import Entry, dictionary

COLUMNS = "| 列 | 含义 | 类型 | 必填 | 指向 | 取值 | 数据级别 | 遮盖 |\n| --- | --- | --- | --- | --- | --- | --- | --- |"


class Command(BaseCommand):
    help = "The data dictionary, read from the models: Markdown, or CSV with a byte order mark."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", action="store_true", help="CSV instead of Markdown")

    def handle(self, *args: Any, **options: Any) -> None:
        (self._csv if options["csv"] else self._markdown)(dictionary())

    def _csv(self, entries: Iterable[Entry]) -> None:
        self.stdout.write("\ufeff", ending="")
        out = csv.writer(self.stdout, lineterminator="\n")
        out.writerow([one.name for one in fields(Entry)])
        out.writerows(astuple(entry) for entry in entries)

    def _markdown(self, entries: Iterable[Entry]) -> None:
        self.stdout.write("# 数据字典\n")
        for (app, model, table, wall), rows in groupby(
            entries, key=lambda one: (one.app, one.model, one.table, one.wall)
        ):
            self.stdout.write(f"## {app}.{model}\n\n表 `{table}`，隔离类别 `{wall}`\n\n{COLUMNS}")
            for row in rows:
                cells = (
                    f"`{row.column}`",
                    row.label,
                    row.type,
                    "是" if row.is_required else "",
                    row.refers_to,
                    row.choices,
                    row.level,
                    row.mask,
                )
                self.stdout.write(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
            self.stdout.write("")
