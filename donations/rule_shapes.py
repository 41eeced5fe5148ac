"""What the dated rules that foundations obey may hold."""

from departments.models.publishing import EntryKind
from departments.services.rule_shapes import MonthDay, Number, Shape, Truth, Whole, Word
from donations.models.goods import GoodsLot
from donations.rule_words import ABOUT, BASES, CHARITIES, EVENTS
from donations.services.disclosure_rules import DEADLINES

COUNTED = ("days", "days_before", "months", "month_day", "every_days", "every_months")
DAYS, MONTHS = Whole(0, 3650), Whole(1, 120)
SHARE = Number("0", "1")
SHAPES = {
    "disclosure_deadline": Shape(
        {
            "about": Word(ABOUT),
            "event": Word(EVENTS),
            "days": DAYS,
            "days_before": DAYS,
            "months": MONTHS,
            "month_day": MonthDay(),
            "every_days": Whole(1, 366),
            "every_months": MONTHS,
            "working": Truth(),
            "longer_than_months": MONTHS,
            "only": Word(("emergency", "public", "non_public")),
            "publishes": Word(("", *EntryKind.values)),
        },
        together=("about", "event"),
        one_of=COUNTED,
        keys=None,
        # What begins no clock in the portal would be a duty that nobody is ever told of.
        pairs={
            ("about", "event"): frozenset(
                (params["about"], params["event"]) for _key, params, *_rest in DEADLINES
            )
        },
    ),
    # Not in the calendar: it has its own list (services/receipts_due.py).
    "disclosure_deadline:receipt": Shape(
        {"about": Word(("donation",)), "event": Word(("booked",)), "days": DAYS},
        together=("about", "event", "days"),
        keys=None,
    ),
    "charity_ratio": Shape(
        {
            "base": Word(BASES),
            "least": SHARE,
            "management_most": SHARE,
            "income_least": SHARE,
            "exempt_below": Number("0", "1000000000"),
        },
        together=("base", "least", "management_most"),
        keys=CHARITIES,
        is_followed=True,
    ),
    "appeal_limit": Shape({name: Whole(1, 365) for name in ("raise", "acknowledge", "answer")}),
    "goods_shelf_life": Shape(
        {"months": Whole(0, 60)}, together=("months",), keys=GoodsLot.Kind.values
    ),
}
