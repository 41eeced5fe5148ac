"""Web servers and workers that are forked and not started: what every one of them reads first is read once.

`python -m tests.nursery` loads the portal with all its addresses, pages and words (without the database), then
reads one JSON object a line: `env`, `program` (gunicorn or celery), `arguments` of it and `log`. Each becomes a
process of its own, in a session of its own, whose id is printed; it takes its environment's settings as if it had
begun with them.
It ends when its input ends; what it started is ended by whoever asked for it.
"""

import gc
import json
import os
import runpy
import signal
import sys
import traceback


def _take(env: dict[str, str]) -> None:
    """The settings that this environment means, where they differ from the ones loaded."""
    from django.conf import settings
    from django.db import connection, connections

    from msw_portal.celery import app

    os.environ.clear()
    os.environ.update(env)
    for name, value in runpy.run_module("msw_portal.settings").items():
        if name.isupper() and getattr(settings, name, None) != value:
            setattr(settings, name, value)
    connections.settings["default"].update(settings.DATABASES["default"])
    connection.settings_dict.update(settings.DATABASES["default"])
    app.conf.broker_url = settings.CELERY_BROKER_URL


def _serve(asked: dict) -> None:
    os.setsid()
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _take(asked["env"])
    sys.argv = [asked["program"], *asked["arguments"]]
    PROGRAMS[asked["program"]]()


def _gunicorn() -> None:
    from gunicorn.app.wsgiapp import WSGIApplication

    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


def _celery() -> None:
    from celery.__main__ import main as run

    run()


PROGRAMS = {"gunicorn": _gunicorn, "celery": _celery}


def _read_pages() -> None:
    """Every page's template and the words of both languages, which a server reads when they are first asked for."""
    from django.conf import settings
    from django.template.loader import get_template
    from django.urls import reverse
    from django.utils import translation

    (folder,) = settings.TEMPLATES[0]["DIRS"]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert reverse("departments:search") and translation.gettext("工作台")
    for path in folder.rglob("*.html"):
        get_template(str(path.relative_to(folder)))


def main() -> None:
    import django

    django.setup()
    import gunicorn.app.wsgiapp  # noqa: F401
    import gunicorn.workers.gthread  # noqa: F401

    _read_pages()
    gc.freeze()  # what all of them share stays shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            try:
                _serve(json.loads(line))
            except SystemExit as end:  # of the server, and of its worker, which is forked in there
                os._exit(end.code if isinstance(end.code, int) else 1 if end.code else 0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        print(pid, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msw_portal.settings")
    main()
