"""Effects of this app that leave the portal: mails to administrators and to people whose account falls idle."""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from departments.models.people import User
from departments.services import destruction
from departments.services.census import telling as census
from departments.services.digests import digest_mail
from departments.services.entering import house_scope
from departments.services.house_settings import mail_addresses
from departments.services.mailing import mail_send
from departments.services.notice_mails import notice_mail
from departments.services.notices import people_told
from departments.services.outbox import Delivery

# Words without names: mail crosses networks that are not the house's.
WHAT = {
    "alarm": (
        gettext_noop("医务社工门户：有新的安全警报"),
        gettext_noop("有 %(n)s 条新的安全警报，请审计管理员登录查看。"),
    ),
    "dead": (
        gettext_noop("医务社工门户：有任务失败"),
        gettext_noop("有 %(n)s 件后台任务多次重试后仍失败，请系统管理员登录查看。"),
    ),
    "files": (
        gettext_noop("医务社工门户：文件与记录对不上"),
        gettext_noop(
            "有 %(n)s 份文件与记录对不上（有记录没有文件，或没有记录的文件多得反常），请系统管理员查看服务器日志。"
        ),
    ),
    "backup": (
        gettext_noop("医务社工门户：最近一次备份太久以前"),
        gettext_noop("最近一次备份在 %(n)s 小时前（0 表示还没有备份），请系统管理员检查备份任务。"),
    ),
    "room": (
        gettext_noop("医务社工门户：存放文件的空间不多了"),
        gettext_noop(
            "存放文件的磁盘只剩 %(n)s MB，请系统管理员腾出空间：满了以后上传和报表会停下。"
        ),
    ),
}


def mail_administrators(delivery: Delivery) -> None:
    """Topic `administration.mail`: to the addresses the house has set; without any, or a server, nothing."""
    with house_scope(delivery.organization_id):
        addresses = mail_addresses(delivery.organization_id)
        if addresses and settings.MAIL_IS_ON:
            title, text = WHAT[delivery.payload["what"]]
            words = _(text) % {"n": delivery.payload["n"]}
            mail_send(to=addresses, subject=_(title), body=words, message_id=str(delivery.id))
        delivery.finish()


def tell_idle(delivery: Delivery) -> None:
    """Topic `account.idle_soon`: the person hears by mail on which day the role ends."""
    with house_scope(delivery.organization_id):
        person = User.objects.filter(uid=delivery.subject_uid).first()
        if person is not None and person.email and settings.MAIL_IS_ON:
            last = dt.date.fromisoformat(delivery.payload["last_day"])
            text = _("您的账户久未登录，将在 %(day)s 之后停用。登录一次即可保留。")
            mail_send(
                to=[person.email],
                subject=_("医务社工门户：账户即将停用"),
                body=text % {"day": last.isoformat()},
                message_id=str(delivery.id),
            )
        delivery.finish()


def tell_people(delivery: Delivery) -> None:
    """Topic `notice.tell`: each receiver's own row, once."""
    with house_scope(delivery.organization_id):
        people_told(
            house=delivery.organization_id,
            subject_uid=delivery.subject_uid,
            payload=delivery.payload,
        )
        delivery.finish()


def mail_notice(delivery: Delivery) -> None:
    """Topic `notice.mail`: what the receiver wants to hear at once."""
    notice_mail(delivery)


def mail_digest(delivery: Delivery) -> None:
    """Topic `notice.digest`: the daily mail."""
    digest_mail(delivery)


def carry_destruction(delivery: Delivery) -> None:
    """Topic `destruction.approved`: some pieces, each in a transaction of its own; then the next visit, or the end.

    A piece that was emptied says so on its list: whoever begins again goes on after it.
    """
    house, uid = delivery.organization_id, delivery.subject_uid
    with house_scope(house, care=True):
        pieces = destruction.next_pieces(house=house, uid=uid)
    for piece in pieces:
        with house_scope(house, care=True):
            destruction.piece_end(house=house, uid=uid, piece=piece)
    with house_scope(house, care=True):
        if not destruction.go_on(house=house, uid=uid):
            destruction.destruction_finish(house=house, uid=uid)
        delivery.finish()


def tell_census_authority(delivery: Delivery) -> None:
    """Topic `census.submitted`: in the scope of the authority."""
    house = delivery.payload["house"]
    with house_scope(house):
        census.authority_told(
            house=house, subject_uid=delivery.subject_uid, payload=delivery.payload
        )
        delivery.finish()


def tell_census_house(delivery: Delivery) -> None:
    """Topic `census.moved`: in the scope of the house that reported."""
    house = delivery.payload["house"]
    with house_scope(house):
        census.house_told(house=house, subject_uid=delivery.subject_uid, payload=delivery.payload)
        delivery.finish()


def remind_census_house(delivery: Delivery) -> None:
    """Topic `census.remind`: in the scope of the house that has not reported."""
    house = delivery.payload["house"]
    with house_scope(house):
        census.house_reminded(house=house, once=str(delivery.id), payload=delivery.payload)
        delivery.finish()
