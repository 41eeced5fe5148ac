"""The sentences of gifts to hospitals and the opinions on them; part of constraints.py."""

from django.utils.translation import gettext_lazy as _

HOSPITAL_GIFTS = {
    "hospital_gift_number_once": (_("这个受赠编号已经使用。"), None),
    "hospital_gift_to_legal_person": (
        _("只能由医院法人接受捐赠，科室和个人不能接受（国卫财务发〔2015〕77号第四条）。"),
        "receiver",
    ),
    "hospital_gift_positive": (_("金额或价值必须大于零。"), "amount"),
    "hospital_gift_is_free": (
        _("与采购挂钩、要求回报的捐赠不能接受（国卫财务发〔2015〕77号第六条）。"),
        "is_free_of_procurement",
    ),
    "hospital_gift_decided_has_person": (_("决定要有决定人、日期和会议或文件。"), "minutes"),
    "hospital_gift_agreed_has_agreement": (_("接受捐赠要先签订协议。"), None),
    "hospital_gift_accepted_is_whole": (_("验收要有日期、验收人和价值。"), None),
    "hospital_gift_item_quantity_positive": (_("数量必须大于零。"), "quantity"),
    "hospital_gift_item_short_life_has_expiry": (
        _("药品、医疗器械和食品须填有效期。"),
        "expires_on",
    ),
    "hospital_gift_noticed_has_day": (_("公示要有日期。"), "noticed_on"),
    "hospital_gift_state_known": (_("未知的受赠状态。"), None),
    "donations_hospitalgift_agreement_id_key": (_("这份协议已用于另一项捐赠。"), None),
    "donations_hospitalgift_donation_id_key": (_("这笔捐赠已对应另一项受赠。"), None),
    "gift_opinion_office_once": (_("这个部门已经指定了人。"), None),
    "gift_opinion_person_once": (_("四个部门要由四个不同的人提出意见。"), None),
    "gift_opinion_whole": (_("意见要有结论和时间。"), None),
}
