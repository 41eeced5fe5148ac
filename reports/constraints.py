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
    "report_recipient_once": (_("这个人已经在收件人里。"), "recipients"),
}
