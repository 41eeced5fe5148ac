"""The sealed form: round trips, the place it is bound to, and every byte that may not change."""

import json
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from msw_portal.kernel.keyring import CryptoError, keys
from msw_portal.kernel.sealing import Ciphertext, kid_of, reseal, seal, unseal

HOUSE = UUID("01900000-0000-7000-8000-000000000001")
ROW = UUID("01900000-0000-7000-8000-000000000002")
PLACE = {"organization": HOUSE, "table": "cases_client", "column": "name", "row": ROW}


@pytest.fixture
def two_keys(tmp_path, settings):
    """A key file with keys 1 and 2; call it with the active one."""

    def activate(active):
        path = tmp_path / f"keys{active}.json"
        content = {"active": active, "keys": {"1": "11" * 32, "2": "22" * 32}}
        path.write_text(json.dumps({**content, "installation": str(ROW)}))
        settings.MSW_KEYS = str(path)

    activate(1)
    return activate


@given(st.binary(max_size=200), st.booleans())
@trials(max_examples=200, deadline=None)
def test_what_is_sealed_opens_again(plain, pad):
    assert unseal(seal(plain, pad=pad, **PLACE), pad=pad, **PLACE) == plain


@pytest.mark.parametrize(
    "plain", [b"", b"\x80", b"\x80\x00\x00", b"\x00" * 40, b"\x80" * 32, b"x" * 31, b"x" * 32]
)
def test_padding_is_undone_without_doubt(plain):
    assert unseal(seal(plain, pad=True, **PLACE), pad=True, **PLACE) == plain


@pytest.mark.parametrize(
    ("length", "padded"), [(0, 32), (6, 32), (31, 32), (32, 64), (63, 64), (64, 96)]
)
def test_padded_lengths_are_classes_of_32(length, padded):
    assert len(seal(b"x" * length, pad=True, **PLACE)) == 3 + 12 + padded + 16


def test_the_form_is_version_key_nonce_ciphertext_and_tag(two_keys):
    sealed = seal("张三".encode(), **PLACE)
    bound = f"{HOUSE}|cases_client|name|{ROW}".encode()
    key = keys().derive(f"enc|{HOUSE}", 1)
    assert (sealed[:3], len(sealed)) == (b"\x01\x00\x01", 3 + 12 + 6 + 16)
    assert AESGCM(key).decrypt(sealed[3:15], sealed[15:], bound) == "张三".encode()


def test_every_sealing_has_a_nonce_of_its_own():
    assert len({seal(b"same", **PLACE)[3:15] for _n in range(1_000)}) == 1_000


def test_no_byte_may_change():
    sealed = seal("演示患者".encode(), **PLACE)
    for position in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[position] ^= 1 << bit
            with pytest.raises(CryptoError):
                unseal(bytes(changed), **PLACE)


def test_no_byte_may_be_missing_or_added():
    sealed = seal(b"short", **PLACE)
    for length in range(len(sealed)):
        with pytest.raises(CryptoError):
            unseal(sealed[:length], **PLACE)
    with pytest.raises(CryptoError):
        unseal(sealed + b"\x00", **PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"organization": UUID(int=HOUSE.int + 1)},
        {"table": "cases_relatedperson"},
        {"column": "address"},
        {"row": UUID(int=ROW.int + 1)},
    ],
)
def test_a_value_opens_only_where_it_was_sealed(elsewhere):
    sealed = seal(b"secret", **PLACE)
    with pytest.raises(CryptoError, match="does not open here"):
        unseal(sealed, **{**PLACE, **elsewhere})


def test_a_value_is_not_opened_by_a_key_of_the_same_id(two_keys, tmp_path, settings):
    sealed = seal(b"secret", **PLACE)
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"active": 1, "keys": {"1": "33" * 32}, "installation": str(ROW)}))
    settings.MSW_KEYS = str(path)
    with pytest.raises(CryptoError):
        unseal(sealed, **PLACE)


def test_errors_say_neither_plaintext_nor_place_of_the_row(two_keys):
    sealed = bytearray(seal("身份证".encode(), **PLACE))
    sealed[-1] ^= 1
    with pytest.raises(CryptoError) as caught:
        unseal(bytes(sealed), **PLACE)
    assert str(caught.value) == "the sealed value of cases_client.name does not open here"
    assert caught.value.__cause__ is None


def test_unpadded_content_is_not_taken_for_padded():
    with pytest.raises(CryptoError, match="length class"):
        unseal(seal(b"plain", **PLACE), pad=True, **PLACE)
    with pytest.raises(CryptoError, match="length class"):
        unseal(seal(b"\x80" + bytes(63), **PLACE), pad=True, **PLACE)


@pytest.mark.parametrize("pad", [False, True])
def test_resealing_takes_the_active_key_and_keeps_the_value(two_keys, pad):
    old = seal("张三".encode(), pad=pad, **PLACE)
    two_keys(2)
    new = reseal(old, **PLACE)
    assert (kid_of(old), kid_of(new), len(new)) == (1, 2, len(old))
    assert unseal(new, pad=pad, **PLACE) == "张三".encode()
    assert unseal(old, pad=pad, **PLACE) == "张三".encode()


def test_ciphertext_does_not_show_itself():
    assert repr(Ciphertext(b"abc")) == "<sealed, 3 bytes>"
