"""Rows of the registers as the five source documents state them, each with the letters of its sources.

What a source does not state stays open; points of the checklist are examples of this demo world and say so.
"""

from typing import Any

# kind, title, parts; `parties` are (role, name, title held that day, source).
ROWS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "policy",
        "关于发展医务社会工作的实施意见",
        {
            "happened_on": "2020-01-01",
            "precision": "year",
            "region": 110000,
            "audiences": ["hospital", "primary"],
            "source": "S0、S2、S3",
            "summary": "北京市 2020 年的意见。发布机关来源说法不同，两种都列出；来源没有逐一列出名称。",
            "details": {
                "duties": [
                    "按需设岗；有条件的机构设部门或二级科室",
                    "医务社工岗位属于专业技术岗位",
                    "鼓励多种方式配备专职医务社工",
                    "公共卫生和基层医疗卫生机构可以参照",
                ]
            },
            "parties": (
                ("issuer", "五部门", "", "S2"),
                ("issuer", "六部委", "", "S0、S3"),
            ),
        },
    ),
    (
        "policy",
        "“健康中国 2030”规划纲要",
        {"happened_on": "2016-01-01", "precision": "year", "source": "S0、S1", "audiences": ["authority"]},
    ),
    (
        "policy",
        "“十四五”规划",
        {
            "happened_on": "2021-01-01",
            "precision": "year",
            "effective_on": "2021-01-01",
            "until_on": "2026-01-01",
            "source": "S0、S1",
            "audiences": ["authority"],
        },
    ),
    (
        "policy",
        "进一步改善医疗服务行动计划（2018—2020 年）",
        {
            "happened_on": "2018-01-01",
            "precision": "year",
            "effective_on": "2018-01-01",
            "until_on": "2021-01-01",
            "audiences": ["hospital"],
            "source": "公开政策文本",
            "details": {"duties": ["医务社工制度是考核的一级指标；医院设医务社工岗位"]},
        },
    ),
    (
        "policy",
        "改善就医感受提升患者体验主题活动方案（2023—2025 年）",
        {
            "happened_on": "2023-01-01",
            "precision": "year",
            "effective_on": "2023-01-01",
            "until_on": "2026-01-01",
            "audiences": ["hospital"],
            "source": "公开政策文本",
            "details": {"duties": ["建立医务社工和志愿者制度，扩大志愿者参与"]},
        },
    ),
    (
        "policy",
        "医学人文关怀提升行动方案（2024—2027 年）",
        {
            "happened_on": "2024-01-01",
            "precision": "year",
            "effective_on": "2024-01-01",
            "until_on": "2028-01-01",
            "audiences": ["hospital"],
            "source": "公开政策文本",
            "details": {"duties": ["丰富医务社工服务，协助医患沟通；医务社工和志愿者作桥梁"]},
        },
    ),
    ("standard", "儿童社会工作服务指南", {"number": "MZ/T 058-2014", "happened_on": "2014-01-01", "precision": "year"}),
    (
        "standard",
        "社会工作服务项目绩效评估指南",
        {
            "number": "MZ/T 059-2014",
            "happened_on": "2014-01-01",
            "precision": "year",
            "details": {"sections": ["评估目的", "原则", "主体", "内容", "方法", "程序"]},
        },
    ),
    ("standard", "老年社会工作服务指南", {"number": "MZ/T 064-2016", "happened_on": "2016-01-01", "precision": "year"}),
    ("standard", "社区社会工作服务指南", {"number": "MZ/T 071-2016", "happened_on": "2016-01-01", "precision": "year"}),
    (
        "standard",
        "社会工作方法 个案工作",
        {
            "number": "MZ/T 094-2017",
            "happened_on": "2017-01-01",
            "precision": "year",
            "details": {"sections": ["接案、预估、计划、介入、评估、结案", "档案记录"]},
        },
    ),
    (
        "standard",
        "社会工作方法 小组工作",
        {
            "number": "MZ/T 095-2017",
            "happened_on": "2017-01-01",
            "precision": "year",
            "details": {"sections": ["互助、增能、个别化、差别化", "筹备期、形成期、转折期、成熟期、结束期"]},
        },
    ),
    ("standard", "社会工作督导指南", {"number": "MZ/T 166-2021", "happened_on": "2021-01-01", "precision": "year"}),
    (
        "standard",
        "医务社会工作服务规范",
        {
            "number": "DB3304/T 081-2022",
            "happened_on": "2022-01-01",
            "precision": "year",
            "region": 330400,
            "details": {"sections": ["基本要求", "服务内容", "服务方法", "服务程序", "服务督导"]},
        },
    ),
    (
        "standard",
        "三级综合医院医务社会工作服务指南",
        {
            "happened_on": "2020-07-01",
            "precision": "month",
            "effective_on": "2020-07-01",
            "region": 320000,
            "audiences": ["hospital"],
            "source": "S1",
            "summary": "团体标准，2020 年 7 月施行，7 月 31 日首次线上解读。清单各条为本系统的示例，不是标准原文。",
            "details": {
                "checklist": [
                    {"code": "unit", "text": "设有医务社会工作部门或岗位（示例条目）"},
                    {"code": "staff", "text": "配备专职医务社工并持证（示例条目）"},
                    {"code": "case", "text": "个案记录完整，结案有评估（示例条目）"},
                    {"code": "supervision", "text": "有督导制度和督导记录（示例条目）"},
                    {"code": "privacy", "text": "有知情同意与个人信息保护制度（示例条目）"},
                ]
            },
            "parties": (
                ("drafter", "江苏省人民医院", "", "S1"),
                ("drafter", "南京市鼓楼区仁医社会工作发展服务中心", "", "S1"),
            ),
        },
    ),
    (
        "event",
        "第二届医疗慈善与医务社工发展论坛",
        {
            "source": "S0",
            "summary": "来源写 3 月 30 日，没有写年份。",
            "details": {
                "agenda": [["", "“看到—认同—行动”：医疗慈善的筹款", "演示讲者"]],
                "outputs": ["全人、全程的救助：术前评估、术中支持、术后回访"],
            },
            "parties": (("speaker", "演示讲者甲", "示例医院医务社工部主任（演示）", "示例"),),
        },
    ),
    (
        "event",
        "“用心关爱生命，益起守护未来”智慧医疗公益行动",
        {
            "happened_on": "2022-03-31",
            "source": "S0、S3",
            "details": {"outputs": ["100 个爱心书包（爱心包）经大医公益基金会交给医务社工代表"]},
            "parties": (
                ("supporter", "联想华北大区", "", "S0、S3"),
                ("co_host", "大医公益基金会", "", "S0、S3"),
            ),
        },
    ),
    ("event", "医务社会工作高质量发展论坛（2021）", {"happened_on": "2021-04-28", "source": "S1"}),
    (
        "event",
        "“和风仁心”基线调研成果交流会",
        {
            "source": "S4",
            "details": {"outputs": ["行动计划四个方面：政策、资金、人才、技术"]},
            "parties": (("host", "顺德区委社会工作部", "", "S4"), ("supporter", "和的慈善基金会", "", "S4")),
        },
    ),
    (
        "alliance",
        "医疗救助与医务社工协作发展计划",
        {
            "source": "S1",
            "summary": "来源列出 7 家发起单位并写“等”；这里的单位名是演示，家数按来源。",
            "parties": tuple(
                ("initiator", f"示例发起单位{name}（演示）", "", "S1") for name in "一二三四五六七"
            ),
        },
    ),
    ("alliance", "最美医务社工专家委员会", {"source": "S1", "summary": "来源列出 11 位委员；委员不因此成为系统用户。"}),
    (
        "alliance",
        "医联：“政学医社”合作",
        {"source": "S4", "details": {"aims": ["政府", "高校", "医疗机构", "社会组织"]}},
    ),
    (
        "agreement",
        "健康社会工作合作",
        {
            "happened_on": "2024-08-01",
            "precision": "month",
            "source": "S4",
            "details": {"terms": ["服务创投", "人才培训"]},
            "parties": (
                ("signatory", "北京大学—香港理工大学中国社会工作研究中心", "", "S4"),
                ("signatory", "和的慈善基金会", "", "S4"),
            ),
        },
    ),
    (
        "recognition",
        "“爱心企业”牌匾",
        {
            "happened_on": "2022-03-31",
            "source": "S0、S3",
            "details": {"reason": "捐赠 100 个爱心书包"},
            "parties": (("recipient", "联想华北大区", "", "S0、S3"),),
        },
    ),
    (
        "media",
        "医务社工与医疗慈善的报道",
        {"source": "S0、S1、S3", "parties": (("outlet", "公益时报", "", "S0、S1、S3"),)},
    ),
    (
        "framework",
        "“1357”孵化培育模式",
        {
            "source": "S2",
            "details": {
                "stated": [
                    ["核心主线", "一条"],
                    ["功能", "三个"],
                    ["四库", "需求库、专家库、项目库、资源库"],
                    ["目标", "来源列出六个"],
                ],
                "doubts": ["来源列出 1 条主线、3 个功能、4 个库、6 个目标；5 和 7 各指什么没有写明"],
            },
        },
    ),
    (
        "framework",
        "“12335”社工站运营模式",
        {"source": "S2", "details": {"doubts": ["来源没有写明各数字的含义"]}},
    ),
    (
        "framework",
        "五社联动",
        {
            "source": "S0",
            "details": {
                "stated": [["五社", "社区、社会组织、社工、志愿者、慈善资源"]],
                "doubts": ["来源只提到名称，五项按通行说法"],
            },
        },
    ),
    ("framework", "生物-心理-社会医学模式", {"source": "S0、S3", "details": {"stated": [["维度", "生物、心理、社会"]]}}),
    (
        "service_mode",
        "江苏省人民医院的三种服务模式",
        {
            "source": "S1",
            "details": {
                "modes": [
                    ["嵌入协作型", "临床社工"],
                    ["双工融合型", "志愿服务"],
                    ["医社联动型", "社区外展"],
                ]
            },
            "parties": (("initiator", "江苏省人民医院", "", "S1"),),
        },
    ),
    (
        "service_mode",
        "“社工 + 慈善救助”",
        {
            "source": "S1",
            "details": {"methods": ["个案", "小组", "社区", "项目"]},
            "parties": (("initiator", "武汉儿童医院", "", "S1"),),
        },
    ),
    (
        "service_mode",
        "双医联动",
        {
            "source": "S1",
            "details": {
                "modes": [
                    ["患者服务", "适应医院环境；治疗康复计划；心理支持；申请慈善救助；家庭支持与福利；医患沟通；出院计划；链接社区资源"],
                    ["医院服务", "宣传文化；推广专科技术；医学人文；减轻医护压力"],
                ]
            },
            "parties": (("initiator", "河南省胸科医院", "", "S1"),),
        },
    ),
)  # fmt: skip
