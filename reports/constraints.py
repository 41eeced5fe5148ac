"""The sentence for every constraint of this app's tables: (sentence, field)."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "indicator_code_once": (_("这个指标代码已经存在。"), "code"),
    "snapshot_version_once": (_("这个月的快照已经冻结，更正请另存一版。"), None),
    "snapshot_released_is_safe": (_("公开给主管部门的小数字必须隐去。"), None),
    "built_report_has_title": (_("请给报表起个名称。"), "title"),
    "built_report_title_once": (_("您已经有一份同名的报表，请换个名称。"), "title"),
    "training_is_no_figure": (_("练习机构不出报表，也不发布数字。"), None),
    "report_run_once": (_("这份定时报表已经在生成。"), None),
    "report_file_format_once": (_("这份报表已经有这种格式的文件。"), None),
    "report_file_format_known": (_("没有这种文件格式。"), "formats"),
    "report_schedule_day_fits": (_("请填 1 到 28。"), "day"),
    "report_schedule_hour_fits": (_("请填 0 到 23。"), "hour"),
    "report_schedule_state_known": (_("没有这种状态。"), None),
    "report_schedule_rhythm_known": (_("请从列表中选择周期。"), "cadence"),
    "signed_report_version_once": (_("这一版已经存在，请刷新后再试。"), None),
    "signed_report_is_signed_whole": (_("签发人和签发时间须一起写下。"), None),
    "authority_sheet_name_once": (_("已有同名的上报表。"), "name"),
    "report_recipient_once": (_("这个人已经在收件人里。"), "recipients"),
    "open_data_choice_once": (_("刚才已有人选过，请刷新页面。"), None),
    "open_table_once": (_("这张表已经公布过；同一份数据不公布第二次。"), "quarter"),
    "open_table_days_in_order": (_("期间的起止日期不对。"), None),
    "open_table_epsilon_positive": (_("ε 要大于零。"), "epsilon"),
    "open_table_frozen": (_("公布过的表不再改动。"), None),
    "noise_budget_missing": (_("请先定这个季度的隐私预算。"), "quarter"),
    "noise_budget_fixed": (_("已经用过的隐私预算不能再改。"), "allowed"),
    "noise_budget_once": (_("这个季度的隐私预算已经定了。"), "quarter"),
    "noise_budget_not_over": (_("超出这个季度的隐私预算，不能公布。"), "epsilon"),
    "noise_budget_small": (_("隐私预算要大于零，最多为 3。"), "allowed"),
}
