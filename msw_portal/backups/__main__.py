"""`python -m msw_portal.backups backup|restore|drill|put`: what the Makefile and a hospital's timer call."""

import argparse
import os
import sys
import time
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured

from msw_portal import embedded


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m msw_portal.backups", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    backup = verbs.add_parser(
        "backup", help="dump, files and manifest into a new folder of MSW_BACKUPS"
    )
    backup.add_argument(
        "--keep", type=int, default=0, help="how many finished backups stay; 0 keeps all"
    )
    restore = verbs.add_parser(
        "restore", help="restore into an empty database and compare everything"
    )
    restore.add_argument(
        "--from", dest="folder", type=Path, help="folder of a backup; default the newest"
    )
    restore.add_argument("--into", required=True, help="name of the database, new or empty")
    restore.add_argument(
        "--media", type=Path, required=True, help="folder for the files, new or empty"
    )
    drill = verbs.add_parser(
        "drill", help="restore the newest backup elsewhere, compare, drop it again"
    )
    drill.add_argument(
        "--from", dest="folder", type=Path, help="folder of a backup; default the newest"
    )
    drill.add_argument(
        "--max-age-hours", type=float, default=26.0, help="older than this is a finding"
    )
    put = verbs.add_parser("put", help="restored files go back into the bucket (MSW_S3_BUCKET)")
    put.add_argument("--media", type=Path, required=True, help="folder that a restore wrote")
    return parser.parse_args(words)


def _say(line: str) -> None:
    print(line, flush=True)


def main(words: list[str]) -> int:
    """Carry out one verb; 0 when all is well, 1 with one sentence for each thing that is not."""
    asked = _asked(words)
    if "DATABASE_URL" not in os.environ:
        os.environ.update({k: v for k, v in embedded.environment().items() if k not in os.environ})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        return 1
    from msw_portal.backups.drilling import drill
    from msw_portal.backups.places import BackupError, Places, newest
    from msw_portal.backups.putting import put
    from msw_portal.backups.restoring import restore
    from msw_portal.backups.taking import take

    began = time.monotonic()
    try:
        places = Places.of(os.environ)
        if asked.verb == "backup":
            made = take(places, say=_say, keep=asked.keep)
            _say(
                f"Backup {made} in {time.monotonic() - began:.1f} s. The key file is not in it: keep it apart."
            )
            return 0
        if asked.verb == "put":
            put(asked.media, say=_say)
            return 0
        if asked.verb == "restore":
            folder = asked.folder or newest(places.folder)
            done = restore(places, folder, database=asked.into, media=asked.media, say=_say)
            findings = done.findings
            _say(done.keys)
        else:
            findings = drill(
                places, say=_say, folder=asked.folder, max_age_hours=asked.max_age_hours
            )
    except BackupError as error:
        print(error, file=sys.stderr)
        return 1
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        print(f"{len(findings)} differences: this backup is not good.", file=sys.stderr)
        return 1
    _say(
        f"Everything is as it was backed up: rows, ledger, audit chains, walls, grants ({time.monotonic() - began:.1f} s)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
