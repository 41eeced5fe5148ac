"""A near relative says the own lawful interest; two more grounds to refuse after death."""

from django.db import migrations, models

import msw_portal.kernel.crypto


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0046_record_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="subjectrequest",
            name="interest",
            field=msw_portal.kernel.crypto.SealedText(
                blank=True, null=True, verbose_name="近亲属自身的利益"
            ),
        ),
        migrations.AlterField(
            model_name="subjectrequest",
            name="refusal_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_identified", "身份或代理、亲属关系未能核实"),
                    ("not_entitled", "请求人不是本人、监护人、受托人或近亲属"),
                    ("retention", "法律、行政法规规定的保存期限未满（个保法第47条）"),
                    ("secret", "法律、行政法规规定应当保密（个保法第18条、第45条）"),
                    ("duty", "妨碍依法履行职责，或正在处理争议（个保法第18条、第35条）"),
                    ("lifetime_wish", "死者生前另有安排（个保法第49条）"),
                    ("no_interest", "不是为了近亲属自身的合法、正当利益（个保法第49条）"),
                    ("others", "涉及他人的个人信息或安全"),
                    ("not_wrong", "经核实，记录没有错误（个保法第46条）"),
                    ("no_receiver", "不符合转移的条件（个保法第45条）"),
                    ("repeated", "已就同一请求答复过，没有新的情况"),
                    ("other", "其他"),
                ],
                max_length=20,
                verbose_name="拒绝事由",
            ),
        ),
    ]
