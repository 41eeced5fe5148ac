"""Ten weeks of volunteers' service in each hospital: confirmed, waiting, disputed, and two proofs of it."""

import datetime as dt
from random import Random

from departments.models.people import User
from msw_portal.demo.dice import LOCAL
from msw_portal.demo.houses import Hospital
from msw_portal.demo.telling import acting
from volunteers.models.people import Volunteer
from volunteers.models.service import ServiceRecord
from volunteers.models.shifts import Post
from volunteers.services.certificates import certificate_issue
from volunteers.services.confirming import service_ask_correction, service_confirm
from volunteers.services.records import service_enter

DAYS, EVERY = 70, 9
WAITING = 4  # services of the last days that nobody has confirmed yet
DONE = (
    "陪读、做手工，孩子们很开心",
    "门诊大厅指引，帮老人取号和打印报告",
    "床旁聊天，帮忙读家信",
    "协助病房课堂，整理绘本",
    "陪同去检查科室，推轮椅",
)


def serve(hospital: Hospital, *, seed: int, today: dt.date) -> int:
    """Write the services down as the head, the same for the same seed and day; how many there are."""
    random = Random(f"{seed}:serving:{hospital.letter}")
    with acting(hospital.head):
        people = list(Volunteer.objects.visible_to(hospital.head).serving().order_by("pk"))
        posts = list(Post.objects.visible_to(hospital.head).order_by("pk"))
        if not people or not posts:
            return 0
        made = [
            _service(random, person, posts, today - dt.timedelta(days=back), hospital.head)
            for back in range(DAYS, 0, -1)
            for place, person in enumerate(people)
            if (back + 2 * place) % EVERY == 0
        ]
        counted = made[:-WAITING]
        for record in counted:
            service_confirm(record=record, by=hospital.head)
        if counted:
            service_ask_correction(
                record=counted[-1], text="那天多留了一个小时，请核对。", by=hospital.head
            )
        for person in dict.fromkeys(record.volunteer for record in counted[:2]):
            certificate_issue(
                volunteer=person,
                since=today - dt.timedelta(days=DAYS),
                until=today - dt.timedelta(days=1),
                by=hospital.head,
            )
    return len(made)


def _service(
    random: Random, person: Volunteer, posts: list[Post], day: dt.date, by: User
) -> ServiceRecord:
    begins = dt.datetime.combine(day, dt.time(random.choice((9, 13, 14))), LOCAL)
    return service_enter(
        volunteer=person,
        post=random.choice(posts),
        checked_in=begins + dt.timedelta(minutes=random.choice((-5, 0, 3))),
        checked_out=begins + dt.timedelta(minutes=random.choice((125, 150, 185, 215))),
        break_minutes=random.choice((0, 0, 10, 15)),
        persons=random.randint(2, 14),
        content=random.choice(DONE),
        anomaly="",
        by=by,
    )
