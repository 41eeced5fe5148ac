"""Words of the audit for gifts, their givers and offers to a hospital, and for what is paid."""

from django.utils.translation import gettext_lazy as _

from departments.services.audit_lane_words import LANE_NOUNS
from departments.services.audit_payment_words import PAYMENT_NOUNS, PAYMENT_VERBS

GIFT_NOUNS = {
    "goods": _("物资"),
    "goods_site": _("存放点"),
    "goodssite": _("存放点"),
    "goodsintake": _("到货验收"),
    "goodslot": _("物资"),
    "distribution": _("发放单"),
    "distributionline": _("发放单"),
    "stockloss": _("报损"),
    **LANE_NOUNS,
    **PAYMENT_NOUNS,
    "giftopinion": _("预评估意见"),
    "hospitalgift": _("医院受赠"),
    "hospital_gift": _("医院受赠"),
    "relatedparty": _("关联方"),
    "related_party": _("关联方"),
    "recognition": _("鸣谢"),
    "donorcontact": _("捐赠人的联系人"),
    "donorprofile": _("捐赠人资料"),
    "donationreturn": _("捐赠退回"),
    "donationarrival": _("到账"),
    "arrival": _("到账"),
    "approach": _("筹资接洽"),
    "agreement": _("捐赠协议"),
}
GIFT_VERBS = {
    **PAYMENT_VERBS,
    "judge": _("提出意见"),
    "agree": _("同意"),
    "object": _("登记反对公开"),
    "describe": _("修改资料"),
    "contacts": _("查看联系人"),
    "contact_end": _("停用联系人"),
    "contact_add": _("增加联系人"),
    "return_decline": _("不予退回"),
    "return_ask": _("提出退回"),
    "pledge": _("登记承诺"),
    "offer": _("登记意向"),
}
