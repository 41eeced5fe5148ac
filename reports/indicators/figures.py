"""Every figure once: its name, formula in words, unit, population and the date it is counted by."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Figure:
    """What a page says under a number."""

    code: str
    name: str | Promise
    words: str | Promise
    unit: str | Promise
    population: str | Promise
    counts: str
    period_by: str | Promise


FIGURES = {
    figure.code: figure
    for figure in (
        Figure(
            "case_open",
            _("在案个案"),
            _("已分派、未结束的个案数，按当前阶段；待受理的另计"),
            _("件"),
            _("本部门全部已分派的未结束个案"),
            "cases",
            _("当前"),
        ),
        Figure(
            "case_new",
            _("新开个案"),
            _("已分派的个案数；登记后未分派的不计，作废的不计"),
            _("件"),
            _("本部门全部已分派个案"),
            "cases",
            _("分派日"),
        ),
        Figure(
            "case_pending",
            _("待受理"),
            _("已登记、还没有分派的个案数"),
            _("件"),
            _("本部门全部未分派的未结束个案"),
            "cases",
            _("当前"),
        ),
        Figure(
            "case_ended",
            _("结束的个案"),
            _("分派后结束的个案数：结案、转介、不接案；作废的不计"),
            _("件"),
            _("本部门全部已分派个案"),
            "cases",
            _("结束日"),
        ),
        Figure(
            "case_closed",
            _("结案"),
            _("督导签核结案的个案数；不接案、转介、作废不计"),
            _("件"),
            _("本部门全部结案个案"),
            "cases",
            _("结案日"),
        ),
        Figure(
            "response_hours",
            _("首次响应"),
            _("分派时刻 − 收到转介（或登记）时刻，不足一小时按一小时计"),
            _("小时"),
            _("本部门全部已分派个案"),
            "cases",
            _("分派日"),
        ),
        Figure(
            "need_found",
            _("识别的需求"),
            _("登记的需求数，一件个案可有多项"),
            _("项"),
            _("本院全部个案"),
            "cases",
            _("登记日"),
        ),
        Figure(
            "aid_asked",
            _("申请救助"),
            _("提交的申请数与申请金额"),
            _("元"),
            _("已提交的救助申请"),
            "requests",
            _("提交日"),
        ),
        Figure(
            "aid_approved",
            _("批准救助"),
            _("批准的申请数与批准金额；复核后提高的部分计在提高当月"),
            _("元"),
            _("已批准的救助申请"),
            "requests",
            _("批准日"),
        ),
        Figure(
            "aid_paid",
            _("拨付救助"),
            _("放款的笔数与金额；未到账退汇的不计，到账后退款的仍计"),
            _("元"),
            _("已放款的拨付"),
            "requests",
            _("放款日"),
        ),
        Figure(
            "aid_open",
            _("救助申请现状"),
            _("各状态的申请数与申请金额"),
            _("件"),
            _("已提交的救助申请"),
            "requests",
            _("当前"),
        ),
    )
}
