"""Backups that are proven: taken in one snapshot, restored elsewhere, compared row by row.

`python -m msw_portal.backups --help` is the command line. The key file is never part of a backup.
"""
