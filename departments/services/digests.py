"""The daily mail: how much waits, falls due and is late, and what happened; counts only."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from departments.models.mechanisms import Notification, Task
from departments.models.organizations import Organization
from departments.models.people import Membership, User
from departments.models.queues import Outbox
from departments.services import outbox
from departments.services.entering import house_scope
from departments.services.housekeeping import houses
from departments.services.notice_kinds import NOTICE_WORDS, Mail
from departments.services.notice_mails import hand_over, letter
from departments.services.notice_settings import digest_from, digest_time
from departments.services.outbox import Delivery
from departments.services.registers import holidays_between
from msw_portal.kernel.scope import scope
from msw_portal.kernel.workdays import is_working_day

TOPIC = "notice.digest"
# Older news is no news: after a fortnight away the page tells the rest.
LOOKS_BACK = dt.timedelta(days=14)


Post = tuple[str, int | None]  # a role, and the department it is held in


@dataclass(frozen=True)
class Waiting:
    """Open tasks of a person or of the person's roles in one house."""

    late: int
    today: int
    all: int


def digests_sweep(now: dt.datetime | None = None) -> int:
    """Queue the daily mails whose time has come, each once a day; how many.

    Saturdays, Sundays and holidays are left out by the calendar, except for somebody with something late.
    Without a mail server nothing is queued.
    """
    if not settings.MAIL_IS_ON:
        return 0
    local = timezone.localtime(now)
    made = 0
    for house in houses():
        with house_scope(house):
            if Organization.objects.filter(pk=house, is_training=True).exists():
                continue
            made += sum(_queue(house, *one, local) for one in _due(house, local))
    return made


def _due(house: int, local: dt.datetime) -> list[tuple[User, list[Post]]]:
    """Who of the house wants the mail by now today, with the roles they hold and where."""
    rows = (
        Membership.objects.filter(
            organization_id=house,
            valid__contains=local.date(),
            user__is_active=True,
            user__is_service=False,
        )
        .exclude(user__email="")
        .select_related("user")
        .order_by("user_id", "pk")
    )
    held: dict[int, tuple[User, list[Post]]] = {}
    for row in rows:
        at, first = digest_time(row.user.preferences), digest_from(row.user.preferences)
        if at and f"{local:%H:%M}" >= at and (first is None or first <= local.date()):
            held.setdefault(row.user_id, (row.user, []))[1].append((row.role, row.department_id))
    return list(held.values())


def _queue(house: int, user: User, posts: list[Post], local: dt.datetime) -> bool:
    day = local.date()
    key = f"{day:%Y%m%d}:{user.uid}"
    if Outbox.objects.filter(organization_id=house, topic=TOPIC, dedup_key=key).exists():
        return False
    is_work, _source = is_working_day(day, holidays_between(day, day))
    if not is_work and not waiting(house, user.pk, posts, local).late:
        return False
    try:
        with transaction.atomic():
            outbox.put(
                TOPIC,
                organization_id=house,
                subject=user,
                dedup_key=key,
                user=user.pk,
                posts=posts,
                day=day.isoformat(),
            )
    except IntegrityError:
        # Two clocks rang at once; the other one has queued it.
        return False
    return True


def waiting(house: int, user_id: int, posts: Iterable[Post], now: dt.datetime) -> Waiting:
    """How many tasks are late, fall due today, and are open at all."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tonight = midnight + dt.timedelta(days=1)
    counts = (
        Task.objects.filter(organization_id=house)
        .open()
        .asked_of(user_id, posts)
        .aggregate(
            late=Count("id", filter=Q(due_at__lt=now)),
            today=Count("id", filter=Q(due_at__gte=now, due_at__lt=tonight)),
            all=Count("id"),
        )
    )
    return Waiting(**counts)


def digest_mail(delivery: Delivery) -> None:
    """Topic `notice.digest`: counted when it is sent; nothing to say sends nothing."""
    house, user_id = delivery.organization_id, delivery.payload["user"]
    with scope(org=house, user=user_id, role="system"):
        user = User.objects.get(pk=user_id)
        news = _news(house, user_id)
        # What was queued before departments were told apart names roles alone.
        posts = delivery.payload.get("posts") or [(r, None) for r in delivery.payload["roles"]]
        counts = waiting(house, user_id, posts, timezone.now())
        with translation.override(settings.LANGUAGE_CODE):
            lines = _lines(counts, news)
            day = dt.date.fromisoformat(delivery.payload["day"])
            title = _("医务社工门户：%(day)s 摘要") % {"day": f"{day:%m-%d}"}
            sent = letter(user, subject=title, lines=lines)
        is_wanted = settings.MAIL_IS_ON and user.email and user.is_active
        if not is_wanted or not (news or counts.late or counts.today):
            delivery.finish()
            return
    refused = hand_over(sent, str(delivery.id))
    with scope(org=house, user=user_id, role="system"):
        Notification.objects.filter(pk__in=[one.pk for one in news]).update(
            mailed_at=None if refused else timezone.now(), mail_error=refused
        )
        delivery.finish()


def _news(house: int, user_id: int) -> list[Notification]:
    """Notices for the daily mail that were neither read nor mailed yet."""
    return list(
        Notification.objects.filter(
            organization_id=house,
            user_id=user_id,
            mail=Mail.DIGEST,
            mailed_at__isnull=True,
            read_at__isnull=True,
            created_at__gte=timezone.now() - LOOKS_BACK,
        ).order_by("id")
    )


def _lines(counts: Waiting, news: list[Notification]) -> list[str]:
    told = [
        (counts.late, _("已逾期 %(n)s 项")),
        (counts.today, _("今天到期 %(n)s 项")),
        (counts.all, _("全部待办 %(n)s 项")),
    ]
    lines = [words % {"n": n} for n, words in told if n]
    for kind, n in Counter(one.kind for one in news).items():
        lines.append(f"{NOTICE_WORDS.get(kind, kind)}：{n}")
    return lines
