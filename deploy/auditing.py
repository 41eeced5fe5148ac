"""What `make lint` asks beside the code: known holes in the locked packages, secrets in tracked files.

`python deploy/auditing.py packages` and `python deploy/auditing.py secrets`; exit code 1 for findings.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNREACHABLE = "The advisory list cannot be reached from here: {n} locked packages were NOT audited."
# Not secrets: alphabets of codes, the demo's printed password, the code of a ground, a person's place in an address.
KNOWN = [
    "--exclude-secrets", r"(?i)^[0-9a-z]*2345678?9?[0-9a-z]*$",
    "--exclude-secrets", "^(demo-pass-2026|secret|MSW_[A-Z0-9_]+)$",
    "--exclude-lines", r"(user|role):password@",
]  # fmt: skip
# Tests hold invented passwords and numbers by the dozen; tokens and private keys of known forms stay forbidden there.
GUESSING = ["KeywordDetector", "HexHighEntropyString", "Base64HighEntropyString"]


def packages() -> int:
    """Ask pip-audit about requirements.lock; what could not be asked is said and is no finding."""
    command = [
        sys.executable, "-m", "pip_audit", "-r", "requirements.lock", "--no-deps", "--disable-pip",
        "--progress-spinner", "off", "--timeout", "10", "--format", "json",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )
        rows = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        lines = (ROOT / "requirements.lock").read_text().split()
        print(UNREACHABLE.format(n=len(lines)))
        return 0
    skipped = [row["name"] for row in rows if "skip_reason" in row]
    found = [(row, hole) for row in rows for hole in row.get("vulns", [])]
    for row, hole in found:
        mended = ", ".join(hole["fix_versions"]) or "no version"
        print(f"{row['name']} {row['version']}: {hole['id']}, mended in {mended}")
    if len(skipped) == len(rows):
        print(UNREACHABLE.format(n=len(rows)))
    else:
        print(f"{len(rows) - len(skipped)} locked packages audited, {len(found)} findings.")
        if skipped:
            print(f"Not in the advisory list: {', '.join(skipped)}")
    return 1 if found else 0


def secrets() -> int:
    """Look for secrets in every tracked file; a finding names file and line, never the secret."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    tests = [name for name in files if name.startswith("tests/")]
    others = [name for name in files if not name.startswith("tests/")]
    weaker = [word for name in GUESSING for word in ("--disable-plugin", name)]
    hook = [sys.executable, "-m", "detect_secrets.pre_commit_hook", "--no-verify", *KNOWN]
    codes = [
        subprocess.run([*hook, *words, *names], cwd=ROOT, check=False).returncode
        for words, names in (([], others), (weaker, tests))
    ]
    if any(codes):
        return 1
    print(f"{len(files)} tracked files, no secret.")
    return 0


if __name__ == "__main__":
    sys.exit({"packages": packages, "secrets": secrets}[sys.argv[1]]())
