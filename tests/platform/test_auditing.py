"""`make lint` finds a secret in a file and a hole in a package, and says when it could not ask."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOLE = {
    "name": "django",
    "version": "5.2.19",
    "vulns": [{"id": "PYSEC-0", "fix_versions": ["5.2.20"]}],
}
CLEAN = {"name": "django", "version": "5.2.19", "vulns": []}
UNKNOWN = {"name": "django", "skip_reason": "not found"}


def _checkout(folder: Path, **files: str) -> Path:
    (folder / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/auditing.py", folder / "deploy")
    shutil.copy(ROOT / "requirements.lock", folder)
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    return folder


def _run(folder: Path, word: str, **env: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "deploy/auditing.py", word], cwd=folder, env=os.environ | env, capture_output=True, text=True, check=False)  # fmt: skip
    return done.returncode, done.stdout + done.stderr


# Put together here, so that this file holds none itself.
AWS = "AKIA" + "Z7QJ4KXW2MNP5RTB"
KEY = "-----BEGIN " + "RSA PRIVATE KEY-----"


@pytest.mark.parametrize("secret", [AWS, KEY])
@pytest.mark.parametrize("place", ["settings.py", "tests__test_x.py"])
def test_a_secret_in_a_tracked_file_is_found_and_not_repeated(tmp_path, secret, place):
    code, said = _run(_checkout(tmp_path, **{place: f'x = "{secret}"\n'}), "secrets")
    assert (code, place.replace("__", "/") in said, secret in said) == (1, True, False)


def test_a_password_in_the_sources_is_found(tmp_path):
    line = "pass" + 'word = "Tr0ub4dor-and-3"\n'
    assert _run(_checkout(tmp_path, **{"settings.py": line}), "secrets")[0] == 1


def test_files_without_secrets_pass(tmp_path):
    assert _run(_checkout(tmp_path, **{"x.py": "x = 1\n"}), "secrets")[0] == 0


@pytest.mark.parametrize(
    ("answer", "code", "sentence"),
    [
        (json.dumps({"dependencies": [HOLE]}), 1, "django 5.2.19: PYSEC-0, mended in 5.2.20"),
        (json.dumps({"dependencies": [CLEAN]}), 0, "1 locked packages audited, 0 findings."),
        (json.dumps({"dependencies": [UNKNOWN]}), 0, "1 locked packages were NOT audited."),
        ("", 0, "locked packages were NOT audited."),
    ],
)
def test_the_audit_says_what_it_found_and_what_it_could_not_ask(tmp_path, answer, code, sentence):
    # Stands for the advisory list, which is another machine's.
    (tmp_path / "stand-in").mkdir()
    (tmp_path / "stand-in" / "pip_audit.py").write_text(f"print({answer!r})\n")
    folder = _checkout(tmp_path)
    found, said = _run(folder, "packages", PYTHONPATH=str(tmp_path / "stand-in"))
    assert (found, sentence in said) == (code, True), said
