"""The demo houses speak in public: how to reach them, that they are counted, one table with noise."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from departments.models.organizations import Organization
from departments.models.people import User
from departments.services.entering import house_scope, member_scope
from msw_portal.demo.places import HOSPITAL_A, HOSPITAL_B
from reports.open_periods import quarters_over
from reports.services.open_data.choosing import (
    noise_budget_set,
    noise_release,
    open_data_choose,
)
from reports.services.open_data.releasing import open_tables_release

# Invented: numbers of this kind are given to nobody, and the words say what they are.
REACHED = {
    HOSPITAL_A: {
        "address": "示例市西城区示例路 1 号（演示地址）",
        "phone": "010-55550101",
        "asking": "工作日 8:00 到 17:00，门诊楼三层社工部；住院的请护士联系。电话是演示用的，打不通。",
    },
    HOSPITAL_B: {
        "address": "示例市东城区示例街 2 号（演示地址）",
        "phone": "010-55550202",
        "asking": "工作日 8:30 到 16:30，住院部一层社工站。电话是演示用的，打不通。",
    },
}


def open_up(made: Mapping[str, Organization], people: Mapping[str, User], today: dt.date) -> int:
    """Enter what everybody may know and release the figures of what is over; how many tables were made."""
    for name, said in REACHED.items():
        house = made[name]
        with house_scope(house.pk):
            house.profile = house.profile | said
            house.save(update_fields=["profile"])
    for login in ("a.head", "b.head", "f.approver", "g.officer"):
        with member_scope(people[login], people[login].membership.uid):
            open_data_choose(takes_part=True, by=people[login])
    head, quarter = people["a.head"], quarters_over(today)[-1].code
    with member_scope(head, head.membership.uid):
        noise_budget_set(quarter=quarter, allowed=Decimal("1"), by=head)
        noise_release(code="cases_opened", quarter=quarter, epsilon=Decimal("0.5"), by=head)
    return open_tables_release(today=today) + 1
