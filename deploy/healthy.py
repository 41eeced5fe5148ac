"""Health check of a web container: `python deploy/healthy.py /readyz`; exit code 0 for an answer of 200."""

import http.client
import os
import sys


def main() -> int:
    """Ask the web server beside us under the portal's own name; any other name would be refused."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    link = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
    try:
        link.request("GET", sys.argv[1], headers={"Host": host, "X-Forwarded-Proto": "https"})
        return 0 if link.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        link.close()


if __name__ == "__main__":
    sys.exit(main())
