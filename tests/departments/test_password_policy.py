"""The password policy of the installation: ASVS unless the switch says otherwise, kept in dated rules."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from departments.models.compliance import PasswordHistory
from departments.models.organizations import DatedRule
from departments.models.people import User
from departments.services.passwords import classes_in, is_expired, password_change
from departments.services.policies import ASVS, MLPS, password_policy, standard_of
from msw_portal.kernel.errors import DomainError
from msw_portal.kernel.scope import scope
from tests.factories.world import PASSWORD

TODAY = timezone.localdate


@pytest.fixture
def mlps(db, sysadmin, client_for):
    given = {"standard": "mlps", "valid_from": TODAY().isoformat()}
    assert client_for(sysadmin).post("/console/system/passwords/", given).status_code == 302


def _change(user: User, password: str) -> str:
    """The rule that refused, "" when it was taken."""
    with scope(user=user.pk):
        try:
            password_change(new_password=password, by=user)
        except DomainError as error:
            return f"{error.rule}@{error.field}".removesuffix("@new_password")
    return ""


def test_asvs_is_the_default_and_asks_for_length_alone(db, worker):
    assert password_policy() == ASVS
    assert _change(worker, "a long walk by the lake") == ""
    assert _change(worker, "short pw") == "password.weak"


def test_the_switch_is_a_dated_rule(mlps):
    assert (password_policy(), standard_of(password_policy())) == (MLPS, "mlps")
    assert password_policy(TODAY() - dt.timedelta(days=1)) == ASVS
    assert DatedRule.objects.get(kind="password").article == "8.1.4.1 a"


def test_switching_back_ends_the_rule_the_day_before(mlps, sysadmin, client_for):
    later = TODAY() + dt.timedelta(days=10)
    client = client_for(sysadmin)
    given = {"standard": "asvs", "valid_from": later.isoformat()}
    assert client.post("/console/system/passwords/", given).status_code == 302
    rows = [(row.first_day, row.last_day) for row in DatedRule.objects.order_by("valid")]
    assert rows == [(TODAY(), later - dt.timedelta(days=1)), (later, None)]
    assert (password_policy(), password_policy(later)) == (MLPS, ASVS)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"standard": "mlps", "valid_from": "2020-01-01"}, "生效日期不能早于今天。"),
        ({"standard": "mlps"}, ""),
        ({"valid_from": "2040-01-01"}, "请选择一种要求。"),
        ({"standard": "mlps", "valid_from": None}, "这一天已经按这个要求执行。"),
    ],
)
def test_a_crooked_switch_is_refused(mlps, sysadmin, client_for, given, sentence):
    if given.get("valid_from", "") is None:
        given = {**given, "valid_from": TODAY().isoformat()}
    answer = client_for(sysadmin).post("/console/system/passwords/", given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("password", "classes"),
    [
        ("abcdefgh", 1),
        ("Abcdefgh", 2),
        ("Abcdefg1", 3),
        ("Abc1 ,.x", 4),
        ("密码很长ABC", 2),
        ("", 0),
    ],
)
def test_classes_are_counted(password, classes):
    assert classes_in(password) == classes


def test_three_of_four_classes(mlps, worker):
    assert _change(worker, "a long walk by the lake") == "password.classes"
    assert _change(worker, "A long walk by the lake") == ""


def test_an_administrator_needs_twelve(mlps, worker, secadmin):
    assert _change(worker, "Kx7-ppqqrr") == ""
    assert _change(secadmin, "Kx7-ppqqrr") == "password.short"
    assert _change(secadmin, "Kx7-ppqqrrss") == ""


def test_the_last_five_are_not_used_again(mlps, worker):
    used = [f"Walk number {n} by lakes" for n in range(6)]
    for password in used:
        assert _change(worker, password) == ""
    assert _change(worker, used[-1]) == "password.same"
    assert [_change(worker, password) for password in used[1:5]] == ["password.used_before"] * 4
    assert _change(worker, used[0]) == ""
    assert not PasswordHistory.objects.filter(password__contains="Walk").exists()


def test_after_ninety_days_a_new_password_is_asked_for(mlps, client_for, db):
    user = User.objects.create(
        username="sg-old", display_name="某", password=make_password(PASSWORD)
    )
    assert not is_expired(user)
    User.objects.filter(pk=user.pk).update(created_at=timezone.now() - dt.timedelta(days=91))
    user.refresh_from_db()
    assert is_expired(user)
    PasswordHistory.objects.create(user=user, password="x")
    assert not is_expired(user)


def test_at_sign_in_an_expired_password_leads_to_the_password_page(mlps, client, settings):
    settings.EMBEDDED, settings.SECOND_FACTOR_AT_SIGN_IN = True, False
    User.objects.create(
        username="sg-old",
        display_name="某",
        password=make_password(PASSWORD),
        created_at=timezone.now() - dt.timedelta(days=91),
    )
    answer = client.post("/sign-in/", {"username": "sg-old", "password": PASSWORD})
    assert answer["Location"] == "/account/password/"
    page = client.get("/account/password/").content.decode()
    assert "大写、小写、数字、符号四类中至少 3 类" in page
