"""What beat rings and how often; every task looks at rows, so a missed bell loses nothing."""

from celery.schedules import crontab

SCHEDULE = {
    "relay-outbox": {"task": "departments.tasks.relay_outbox", "schedule": 2.0},
    "relay-mail": {"task": "departments.tasks.relay_mail", "schedule": 5.0},
    "relay-hooks": {"task": "departments.tasks.relay_hooks", "schedule": 5.0},
    "sweep-webhooks": {
        "task": "donations.tasks.sweep_webhooks",
        "schedule": crontab(hour=4, minute=25),
    },
    "digests": {"task": "departments.tasks.sweep_digests", "schedule": crontab(minute="*/5")},
    # Every two seconds: a job whose worker died goes on as soon as its lease is over.
    "sweep-jobs": {"task": "departments.tasks.sweep_jobs", "schedule": 2.0},
    "sweep-schedules": {
        "task": "reports.tasks.sweep_schedules",
        "schedule": 60.0,
        "options": {"queue": "relay"},
    },
    "sweep-runs": {
        "task": "reports.tasks.sweep_runs",
        "schedule": crontab(hour=3, minute=55),
    },
    "sweep-inbox": {"task": "cases.tasks.sweep_inbox", "schedule": 60.0},
    "sweep-applications": {"task": "volunteers.tasks.sweep_applications", "schedule": 60.0},
    "sweep-reports": {"task": "cases.tasks.sweep_reports", "schedule": 60.0},
    "sweep-calls": {"task": "projects.tasks.sweep_calls", "schedule": 30.0},
    "sweep-projects": {
        "task": "projects.tasks.sweep_projects",
        "schedule": crontab(hour=3, minute=40),
    },
    "sweep-hours": {"task": "volunteers.tasks.sweep_hours", "schedule": crontab(minute=20)},
    "remind-receipts": {
        "task": "donations.tasks.remind_receipts",
        "schedule": crontab(hour=6, minute=40),
    },
    "sweep-requests": {"task": "donations.tasks.sweep_requests", "schedule": 300.0},
    "sweep-drops": {"task": "cases.tasks.sweep_drops", "schedule": 60.0},
    "sweep-consents": {
        "task": "cases.tasks.sweep_consents",
        "schedule": crontab(hour=4, minute=10),
    },
    "sweep-resources": {
        "task": "cases.tasks.sweep_resources",
        "schedule": crontab(hour=4, minute=25),
    },
    "sweep-retention": {
        "task": "cases.tasks.sweep_retention",
        "schedule": crontab(hour=4, minute=35),
    },
    "find-duplicates": {
        "task": "cases.tasks.find_duplicates",
        "schedule": crontab(minute="*/15"),
        "options": {"queue": "reports"},
    },
    "sweep-accounts": {
        "task": "departments.tasks.sweep_accounts",
        "schedule": crontab(hour=3, minute=20),
    },
    "sweep-drafts": {
        "task": "departments.tasks.sweep_drafts",
        "schedule": crontab(hour=3, minute=35),
    },
    "sweep-files": {
        "task": "departments.tasks.sweep_files",
        "schedule": crontab(hour=3, minute=50),
    },
    "scan-files": {
        "task": "departments.tasks.scan_files",
        "schedule": crontab(minute="7,22,37,52"),
        "options": {"queue": "reports"},
    },
    "watch": {"task": "departments.tasks.watch", "schedule": 300.0},
    "sweep-expired": {"task": "departments.tasks.sweep_expired", "schedule": 3600.0},
    "sweep-imports": {"task": "departments.tasks.sweep_imports", "schedule": 3600.0},
    "anchor-audit": {"task": "departments.tasks.anchor_audit", "schedule": 3600.0},
    "remind-overdue": {"task": "departments.tasks.remind_overdue", "schedule": crontab(minute=10)},
    "verify-audit": {
        "task": "departments.tasks.verify_audit",
        "schedule": crontab(hour=2, minute=40),
        "options": {"queue": "reports"},
    },
    "check-calendar": {
        "task": "departments.tasks.check_calendar",
        "schedule": crontab(hour=7, minute=35),
    },
    "check-backups": {
        "task": "departments.tasks.check_backups",
        "schedule": crontab(hour=7, minute=30),
    },
    "rotate-keys": {
        "task": "departments.tasks.rotate_keys",
        "schedule": 60.0,
        "options": {"queue": "reports"},
    },
    "sweep-disclosures": {
        "task": "donations.tasks.sweep_disclosures",
        "schedule": crontab(hour=4, minute=25),
    },
    "sweep-payments": {
        "task": "donations.tasks.sweep_payments",
        "schedule": crontab(hour=4, minute=40),
    },
    "recompute-published": {
        "task": "reports.tasks.recompute_published",
        "schedule": crontab(hour=4, minute=50),
        "options": {"queue": "reports"},
    },
    "freeze-months": {
        "task": "reports.tasks.freeze_months",
        "schedule": crontab(hour=5, minute=5),
        "options": {"queue": "reports"},
    },
    "release-open-tables": {
        "task": "reports.tasks.release_open_tables",
        "schedule": crontab(hour=5, minute=10),
        "options": {"queue": "reports"},
    },
    "compact-rollups": {
        "task": "reports.tasks.compact_rollups",
        "schedule": 5.0,
        "options": {"queue": "relay"},
    },
}
