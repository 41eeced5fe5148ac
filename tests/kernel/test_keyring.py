"""The key file: its form, its rotation, and what its errors keep to themselves."""

import json
import os
from uuid import UUID

import pytest

from msw_portal.kernel import crypto, keyring
from msw_portal.kernel.keyring import CryptoError

HOUSE = UUID("01900000-0000-7000-8000-000000000001")
MASTERS = {"1": "11" * 32, "2": "22" * 32}
INSTALLATION = "01900000-0000-7000-8000-0000000000aa"
CURSOR_KEY = "050f8b7645ec94088fc4f5530f7cd11f184aadbdd23f6032a6033d6f8d35f1e0"


def write(path, *, active=1, keys=None, installation=INSTALLATION):
    content = {"active": active, "keys": keys or MASTERS, "installation": installation}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content))
    fresh.rename(path)


@pytest.fixture
def key_file(tmp_path, settings):
    path = tmp_path / "keys.json"
    write(path)
    settings.MSW_KEYS = str(path)
    return path


def test_keys_are_hkdf_sha_256_of_master_installation_and_use(key_file):
    # By `openssl kdf -kdfopt digest:SHA256 -kdfopt hexkey:.. -kdfopt hexsalt:.. -kdfopt info:cursor HKDF`.
    assert crypto.derive("cursor").hex() == CURSOR_KEY


def test_uses_and_houses_have_keys_of_their_own(key_file):
    other = UUID(int=HOUSE.int + 1)
    uses = ["cursor", "idempotency", "audit-anchor", f"search|{HOUSE}", f"search|{other}"]
    assert len({crypto.derive(use) for use in uses}) == 5


@pytest.mark.parametrize("use", ["enc|x", "bidx|x", "aid-match|x", "", "cursor2"])
def test_a_use_that_is_not_named_has_no_key(key_file, use):
    with pytest.raises(ValueError, match="no such use"):
        crypto.derive(use)


def test_a_changed_file_is_read_again(key_file, monkeypatch):
    monkeypatch.setattr(keyring, "LOOK_SECONDS", 0)
    before = crypto.derive("cursor")
    write(key_file, active=2)
    assert (crypto.active_kid(), crypto.derive("cursor", kid=1)) == (2, before)
    assert crypto.derive("cursor") != before


def test_a_change_is_seen_within_a_second_and_at_once_where_its_key_is_needed(
    key_file, monkeypatch
):
    assert crypto.active_kid() == 1
    write(key_file, active=3, keys=MASTERS | {"3": "33" * 32})
    assert crypto.active_kid() == 1
    now = keyring.time.monotonic()
    monkeypatch.setattr(keyring.time, "monotonic", lambda: now + 1.1)
    assert crypto.active_kid() == 3
    write(key_file, active=4, keys=MASTERS | {"4": "44" * 32})
    crypto.derive("cursor", kid=4)
    assert crypto.active_kid() == 4


def test_another_installation_has_other_keys(key_file, monkeypatch):
    monkeypatch.setattr(keyring, "LOOK_SECONDS", 0)
    before = crypto.derive("cursor")
    write(key_file, installation="01900000-0000-7000-8000-0000000000bb")
    assert crypto.derive("cursor") != before


def test_a_key_that_is_not_there_is_named_by_its_id(key_file):
    with pytest.raises(CryptoError, match="no key 7"):
        crypto.derive("cursor", kid=7)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"active": 1, "keys": {"1": "zz"}, "installation": "' + INSTALLATION + '"}',
        '{"active": 1, "keys": {"1": "1122"}, "installation": "' + INSTALLATION + '"}',
        '{"active": 1, "keys": {"1": "' + "11" * 32 + '"}, "installation": "x"}',
        '{"active": 3, "keys": {"1": "' + "11" * 32 + '"}, "installation": "' + INSTALLATION + '"}',
        '{"active": 0, "keys": {"0": "' + "11" * 32 + '"}, "installation": "' + INSTALLATION + '"}',
        '{"active": 65536, "keys": {"65536": "'
        + "11" * 32
        + '"}, "installation": "'
        + INSTALLATION
        + '"}',
    ],
)
def test_an_unusable_file_is_refused_without_quoting_it(key_file, content):
    key_file.write_text(content)
    with pytest.raises(CryptoError) as caught:
        crypto.active_kid()
    assert "1122" not in str(caught.value)
    assert "11" * 32 not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__cause__ is None


def test_a_missing_file_is_a_clear_sentence(key_file):
    os.unlink(key_file)
    with pytest.raises(CryptoError, match="cannot be read: No such file"):
        crypto.active_kid()


def test_nothing_shows_a_key(key_file):
    shown = repr(keyring.keys())
    assert "11" * 32 not in shown
    assert repr(bytes.fromhex("11" * 32))[2:-1] not in shown
