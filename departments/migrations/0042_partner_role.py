"""A role for cultivation partners: they record training and supervision for the projects entrusted to them."""

from django.db import migrations, models

ROLES = [
    ("worker", "医务社工"),
    ("assistant", "社工助理"),
    ("intern", "实习生"),
    ("supervisor", "督导"),
    ("dept_head", "社工部主任"),
    ("clinician", "医护人员"),
    ("finance", "财务"),
    ("office", "职能部门"),
    ("foundation_officer", "基金会经办"),
    ("foundation_approver", "基金会审批"),
    ("foundation_cashier", "基金会出纳"),
    ("authority_officer", "卫健委管理员"),
    ("partner_officer", "培育机构经办"),
    ("applicant", "申报人"),
    ("volunteer_coordinator", "志愿者管理员"),
    ("expert_reviewer", "评审专家"),
    ("volunteer", "志愿者"),
    ("external_supervisor", "外部督导"),
    ("donor", "捐赠人"),
    ("sysadmin", "系统管理员"),
    ("secadmin", "安全管理员"),
    ("auditor", "审计管理员"),
]


class Migration(migrations.Migration):
    dependencies = [("departments", "0041_office_role")]
    operations = [
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField("角色", max_length=30, choices=ROLES),
        ),
    ]
