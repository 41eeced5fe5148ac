"""Sign-in through an LDAP directory: search, bind, and what happens when it says no or nothing."""

import datetime as dt
import ssl
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client

from departments.models.people import User
from departments.services.ldap import DirectoryAway, ldap_check
from msw_portal.kernel.directory import Directory, Ldap
from tests.directory import ldap_server
from tests.factories.world import PASSWORD

DIRECTORY_PASSWORD = "directory-pass"
WRONG, AWAY = "登录名或密码不对", "示例统一身份现在连不上"


def _try(username: str, password: str, client: Client | None = None):
    return (client or Client()).post("/sign-in/", {"username": username, "password": password})


def _sentence(response, sentence: str, status: int) -> None:
    assert response.status_code == status
    assert sentence in response.content.decode()
    assert "_auth_user_id" not in response.client.session


def test_a_marked_person_comes_in_by_the_directorys_password(ldap, mark, entries):
    account = mark("worker")
    client = Client()
    assert _try("worker", DIRECTORY_PASSWORD, client).status_code == 302
    assert client.get("/")["Location"] == "/workbench/"
    account.refresh_from_db()
    assert account.subject == "entryUUID 11111111-aaaa"
    assert entries("sign_in") == [("ok", '{"method":"ldap","roles":1}')]
    assert ldap.binds == [ldap_server.READER, f"uid=worker,{ldap_server.BASE}"]


def test_the_name_of_the_directory_may_be_another(ldap, mark):
    mark("worker", "li.si")
    assert _try("Li.Si", "li-pass").status_code == 302


def test_a_wrong_password_is_the_same_sentence_as_ever_and_is_counted(ldap, mark):
    mark("worker", "li.si")
    for left in range(4, 0, -1):
        _sentence(_try("li.si", "wrong"), f"{WRONG}。再错 {left} 次", 422)
    _sentence(_try("li.si", "wrong"), WRONG, 422)
    asked = len(ldap.binds)
    _sentence(_try("li.si", "li-pass"), "尝试的次数太多", 429)
    _sentence(
        _try("worker", PASSWORD), "尝试的次数太多", 429
    )  # one account, whatever name was typed
    assert len(ldap.binds) == asked


def test_an_empty_password_is_never_sent_to_the_directory(ldap, mark):
    mark("worker")
    assert ldap_check(name="worker", password="") is None
    _sentence(_try("worker", ""), "请输入密码", 422)
    assert ldap.binds == []


def test_signs_of_a_filter_are_letters_of_a_name(ldap, mark):
    mark("worker", "*")
    _sentence(_try("*", DIRECTORY_PASSWORD), WRONG, 422)
    mark("worker2", "worker)(uid=worker")
    _sentence(_try("worker)(uid=worker", DIRECTORY_PASSWORD), WRONG, 422)
    assert ldap.filters == [(("uid", "*"),), (("uid", "worker)(uid=worker"),)]


def test_the_installations_own_condition_is_asked_too(ldap, settings, mark):
    mark("worker")
    known = replace(settings.DIRECTORY.ldap, condition="(objectClass=person)")
    settings.DIRECTORY = replace(settings.DIRECTORY, ldap=known)
    assert _try("worker", DIRECTORY_PASSWORD).status_code == 302
    assert ldap.filters == [(("objectClass", "person"), ("uid", "worker"))]


def test_nobody_is_listed_to_the_directory_who_is_not_marked(ldap, entries):
    assert _try("worker", PASSWORD).status_code == 302
    _sentence(_try("li.si", "li-pass"), WRONG, 422)
    assert ldap.binds == []
    assert not User.objects.filter(username="li.si").exists()


def test_a_login_name_given_to_another_person_opens_nothing(ldap, mark, entries):
    mark("worker")
    assert _try("worker", DIRECTORY_PASSWORD).status_code == 302
    ldap.people["worker"] = ("new-pass", "33333333-bbbb")
    _sentence(_try("worker", "new-pass"), "目录里的这个登录名换了人", 403)
    assert entries("sign_in.refuse_directory") == [("refused", '{"rule":"directory.other_person"}')]


def test_the_portals_password_is_closed_where_the_setting_says_so(ldap, mark, only):
    mark("worker")
    assert _try("worker", PASSWORD).status_code == 302
    only()
    _sentence(_try("worker", PASSWORD), WRONG, 422)
    assert _try("worker", DIRECTORY_PASSWORD).status_code == 302
    assert _try("worker2", PASSWORD).status_code == 302  # not marked


def test_the_second_factor_is_still_asked(ldap, mark, settings):
    settings.SECOND_FACTOR_AT_SIGN_IN = True
    mark("worker")
    assert _try("worker", DIRECTORY_PASSWORD)["Location"] == "/account/second-factor/"


@pytest.mark.parametrize("how", ["gone", "refuses the portal"])
def test_while_the_directory_is_away_administrators_come_in_by_their_own_password(
    ldap, mark, only, how, entries
):
    only()
    mark("worker")
    mark("secadmin")
    if how == "gone":
        ldap.shutdown()
        ldap.server_close()
    else:
        ldap.is_reader_known = False
    _sentence(_try("worker", DIRECTORY_PASSWORD), AWAY, 503)
    _sentence(_try("worker", PASSWORD), AWAY, 503)
    assert _try("secadmin", PASSWORD).status_code == 302
    assert _try("worker2", PASSWORD).status_code == 302
    assert entries("sign_in.refuse") == [("refused", '{"rule":"directory.away"}')] * 3


def _certificate(folder, name: str) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(cert), str(secret)


def test_passwords_travel_only_over_tls_of_the_right_server(settings, db, tmp_path):
    cert, key = _certificate(tmp_path, "localhost")
    other, _key = _certificate(tmp_path, "other.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with ldap_server.running(context) as server:
        port = server.server_address[1]
        known = Ldap(
            f"ldap://localhost:{port}",
            ldap_server.BASE,
            bind_dn=ldap_server.READER,
            bind_password=ldap_server.READER_PASSWORD,
            ca_file=cert,
            is_start_tls=True,
        )
        settings.DIRECTORY = Directory("示例统一身份", ldap=known)
        found = ldap_check(name="worker", password=DIRECTORY_PASSWORD)
        assert found is not None
        asked = len(server.binds)
        wrong = (
            replace(known, ca_file=other),
            replace(known, url=f"ldap://127.0.0.1:{port}"),  # the certificate is of another name
        )
        for ask in wrong:
            settings.DIRECTORY = Directory("示例统一身份", ldap=ask)
            with pytest.raises(DirectoryAway):
                ldap_check(name="worker", password=DIRECTORY_PASSWORD)
        assert len(server.binds) == asked
