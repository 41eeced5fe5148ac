"""Web servers that are forked and not started: what every one of them reads first is read once.

`python -m tests.nursery` loads the portal with all its addresses (four seconds of a core, without the database),
then reads one JSON object a line: `env`, `arguments` of gunicorn and `log`. Each becomes a process of its own,
in a session of its own, whose id is printed; it takes its environment's settings as if it had begun with them.
It ends when its input ends; what it started is ended by whoever asked for it.
"""

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
    from gunicorn.app.wsgiapp import WSGIApplication

    os.setsid()
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _take(asked["env"])
    sys.argv = ["gunicorn", *asked["arguments"]]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


def main() -> None:
    import django

    django.setup()
    import gunicorn.app.wsgiapp  # noqa: F401
    import gunicorn.workers.gthread  # noqa: F401
    from django.urls import get_resolver

    assert get_resolver().url_patterns
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
