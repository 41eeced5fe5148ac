"""Surveys, registers and the coverage map."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_KNOWN = _("请从列表中选择。")

SENTENCES: dict[str, tuple[str | Promise, str | None]] = {
    "survey_state_known": (_KNOWN, None),
    "survey_methods_known": (_("请至少选择一种方法。"), "methods"),
    "survey_ends_after_start": (_("截止日期不能早于开始日期。"), "ends_on"),
    "survey_reported_says_what": (_("报告定稿前要写主要发现。"), "findings"),
    "sample_group_letter_once": (_("这个样本类已经有了，请换一个字母。"), "letter"),
    "sample_group_kind_known": (_KNOWN, "kind"),
    "sample_group_method_known": (_KNOWN, "method"),
    "sample_group_target_positive": (_("计划数须大于零。"), "target"),
    "sample_unit_method_known": (_KNOWN, "method"),
    "survey_response_sheet_once": (_("这份答卷已经收到，不用再交。"), None),
    "survey_response_paper_once": (
        _("这个编号的纸质问卷已经录入，请核对编号。"),
        "paper_number",
    ),
    "survey_response_final_has_time": (_("收到的答卷须有时间。"), None),
    "survey_advice_pillar_known": (_KNOWN, "pillar"),
    "action_item_state_known": (_KNOWN, None),
    "action_item_pillar_known": (_KNOWN, "pillar"),
    "action_item_has_owner": (_("请选负责人，或写明负责单位。"), "owner_text"),
    "action_item_done_has_day": (_("完成的事项要写完成日期。"), "done_on"),
    "register_entry_kind_known": (_KNOWN, "kind"),
    "register_entry_named": (_("请写名称。"), "title"),
    "register_entry_audience_known": (_KNOWN, "audiences"),
    "register_entry_ends_after_start": (_("失效日期要晚于施行日期。"), "until_on"),
    "register_entry_precision_known": (_KNOWN, "precision"),
    "register_entry_external_once": (_("这个外部编号已经登记。"), "external_id"),
    "register_party_role_known": (_KNOWN, "role"),
    "register_party_named": (_("请选机构，或写明名称。"), "name_text"),
    "register_link_to_one": (_("请选择一个关联对象。"), "other"),
    "register_link_not_itself": (_("不能关联到自己。"), "other"),
    "register_link_once": (_("这个关联已经有了。"), "other"),
    "checklist_answer_standing_known": (_KNOWN, "standing"),
    "checklist_answer_met_has_evidence": (
        _("请写依据：制度、记录或文件的名称和日期。"),
        "evidence",
    ),
    "checklist_answer_once_a_day": (_("这一条今天已经答过，请直接修改。"), None),
}
