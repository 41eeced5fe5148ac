"""`python -m msw_portal.embedded <command>`: what the Makefile calls, and what developers call."""

import argparse
import os
import subprocess
import sys

from msw_portal.embedded import ROOT, servers
from msw_portal.embedded.installing import Refused, refuse_second_run, set_up
from msw_portal.embedded.places import EmbeddedError
from msw_portal.embedded.preparing import start_missing, with_server_tools
from msw_portal.embedded.supervisor import run
from msw_portal.embedded.throwaway import run_beside, run_tests

COMMANDS = {
    "setup": "install packages, build the front end (the Makefile does it with any Python)",
    "run": "serve the portal on http://127.0.0.1:$PORT/ until Ctrl-C",
    "test": "run pytest against throw-away servers: test -- <arguments of pytest>",
    "servers": "start PostgreSQL and Valkey of this checkout and leave them running",
    "exec": "run a command beside the servers, as in `exec -- psql`; they are stopped after it "
    "if they did not run before",
    "private": "run a command against a pair of its own, removed afterwards: private -- <command>",
    "stop": "stop the servers of this checkout",
}


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m msw_portal.embedded",
        description="The laptop's own servers under var/, and what runs on them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:<9}{text}" for name, text in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument(
        "--pg", default=os.environ.get("PG") or None, help="folder of another PostgreSQL's binaries"
    )
    return parser.parse_args(words)


def _beside_servers(command: list[str], pg: str | None) -> int:
    pair, env = start_missing(os.environ, pg=pg)
    try:
        env = with_server_tools(env, pair.postgres)
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        pair.stop()


def main(words: list[str]) -> int:
    """Carry out one command; its exit code."""
    # What follows the first `--` belongs to the other program, whatever it looks like.
    cut = words.index("--") if "--" in words else len(words)
    asked, tail = _asked(words[:cut]), words[cut + 1 :]
    if asked.command in ("exec", "private") and not tail:
        raise Refused(f"`{asked.command} -- <command>` needs a command.")
    if asked.command == "setup":
        set_up()
    elif asked.command == "run":
        return run(pg=asked.pg)
    elif asked.command == "test":
        return run_tests(tail, pg=asked.pg)
    elif asked.command == "exec":
        return _beside_servers(tail, asked.pg)
    elif asked.command == "private":
        return run_beside(tail, pg=asked.pg)
    elif asked.command == "servers":
        pair = servers.start(ROOT, pg=asked.pg)
        print(f"PostgreSQL {pair.postgres.major} and Valkey run under {ROOT / 'var'}.")
    else:
        refuse_second_run()
        print(f"Stopped: {', '.join(servers.stop(ROOT)) or 'nothing was running'}.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (EmbeddedError, Refused) as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
