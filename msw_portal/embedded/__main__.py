"""`python -m msw_portal.embedded <command>`: what the Makefile calls."""

import argparse
import os
import sys

from msw_portal.embedded import ROOT
from msw_portal.embedded.places import EmbeddedError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m msw_portal.embedded", description=__doc__)
    parser.add_argument("--pg", default=None, help="folder of another PostgreSQL's server binaries")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("servers", help="start PostgreSQL and Valkey of this checkout and leave them running")
    commands.add_parser("stop", help="stop the servers of this checkout")
    test = commands.add_parser("test", help="run pytest against throw-away servers: test -- <arguments of pytest>")
    for command in commands.choices.values():
        command.add_argument("--pg", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    test.add_argument("arguments", nargs="*")
    return parser


def main(words: list[str]) -> int:
    """Carry out one command; its exit code."""
    # pytest's own options follow the first `--`, whatever they look like.
    before, tail = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    asked = _parser().parse_args(before)
    pg = asked.pg or os.environ.get("PG") or None
    if asked.command == "test":
        from msw_portal.embedded.throwaway import run_tests

        return run_tests([*asked.arguments, *tail], pg=pg)
    from msw_portal.embedded import servers

    if asked.command == "servers":
        pair = servers.start(ROOT, pg=pg)
        print(f"PostgreSQL {pair.postgres.major} and Valkey run under {ROOT / 'var'}; `stop` ends them.")
    else:
        print("Stopped: " + (", ".join(servers.stop(ROOT, pg=pg)) or "nothing was running") + ".")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EmbeddedError as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
