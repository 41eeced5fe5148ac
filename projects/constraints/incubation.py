"""Purchase contracts, banks, kits and programmes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {
    "purchase_contract_number_once": (_("这个合同编号已经登记。"), "number"),
    "purchase_contract_amount_positive": (_("合同金额要大于零。"), "amount"),
    "purchase_contract_in_order": (_("服务期结束不能早于开始。"), "ends_on"),
    "purchase_contract_state_known": (_("请从列表中选择。"), None),
    "coaching_note_once": (_("有人刚刚写了另一版，请刷新后再写。"), None),
    "coaching_note_later_says_why": (_("请写明为什么修改。"), "reason"),
    "need_bank_once": (_("这个季度已经发布过。"), "quarter"),
    "need_bank_at_least_five": (_("少于五的数不进需求库。"), None),
    "need_bank_quarter_begins": (_("请选择季度。"), "quarter"),
    "replication_kit_says_what": (_("请写名称和简介。"), "summary"),
    "programme_profile_in_order": (_("结束日期不能早于启动日期。"), "ended_on"),
}
