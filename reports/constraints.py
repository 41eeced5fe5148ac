"""The sentence for every constraint of this app's tables: (sentence, field)."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "indicator_code_once": (_("这个指标代码已经存在。"), "code"),
    "snapshot_version_once": (_("这个月的快照已经冻结，更正请另存一版。"), None),
    "training_is_no_figure": (_("练习机构不出报表，也不发布数字。"), None),
    "report_run_once": (_("这份定时报表已经在生成。"), None),
}
