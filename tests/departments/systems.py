"""The systems 20 to 37 of the domain dossier as questions to the register, with the facts it states."""

from collections.abc import Callable
from typing import Any

from departments.models.organizations import Code, Department, Organization
from departments.models.place_codes import HospitalGrade


def _body(name: str) -> Organization:
    return Organization.objects.get(name=name)


def _msw(name: str) -> Department:
    return Department.objects.get(organization__name=name, kind="msw", ended_on__isnull=True)


def _kinds(*names: str) -> list[str]:
    return [_body(name).kind for name in names]


def _charities() -> list[tuple[str, str]]:
    rows = Organization.objects.exclude(charity_type="").filter(is_demo=False)
    return sorted(rows.values_list("name", "charity_type"))


def _four_a() -> tuple[str, list[str]]:
    row = _body("北京微爱公益基金会")
    kinds = row.credentials.order_by("kind").values_list("kind", flat=True)
    return row.credentials.get(kind="rating").grade, list(kinds)


def _hubei() -> tuple[Any, ...]:
    row = _msw("湖北省肿瘤医院")
    units = row.children.order_by("id").values_list("name", flat=True)
    return row.name, str(row.founded), row.is_first_in_province, list(units)


def _henan() -> tuple[Any, ...]:
    now = _msw("河南省胸科医院")
    former = now.predecessors.get()
    return former.name, str(former.founded), str(former.ended), now.name, str(now.founded)


def _jiangsu() -> tuple[Any, ...]:
    row, link = _msw("江苏省人民医院"), _body("江苏省人民医院").links.get()
    return row.name, row.linked_agency.name, link.kind, link.to_organization == row.linked_agency


def _beijing() -> tuple[Any, ...]:
    row = _msw("首都医科大学附属北京儿童医院")
    return row.name, str(row.founded), row.methods, row.note


def _incubator() -> tuple[Any, ...]:
    row = Department.objects.get(kind="incubator")
    agencies = row.organization.linked_by.count()
    return row.organization.name, str(row.founded), row.area_m2, row.area_is_about, agencies


def _stations() -> tuple[int, int, int, int]:
    rows = Department.objects.filter(organization__name="雄安新区社会工作孵化培育基地")
    stations = rows.filter(kind="station")
    placed = stations.exclude(township="").filter(operator__isnull=False, region__level=4)
    levels = stations.filter(level="township")
    centres = rows.filter(kind="station_centre", level="county")
    return centres.count(), stations.count(), placed.count(), levels.count()


def _post(code: str) -> str:
    return Code.objects.get(scheme="post", code=code).zh


AGENCIES = (
    "安新县雄泽社会工作服务中心",
    "容城县容善社会工作服务中心",
    "容城县筑爱社会工作服务中心",
)
PROFESSIONAL = (
    "中国社会工作联合会",
    "江苏省社会工作协会",
    "北京市社会工作联合会",
    "天津市社会工作协会",
    "浙江省社会工作协会",
    "湖北省医院协会医务社会工作专业委员会",
    "宁波市医务社会工作专业委员会",
)
GOVERNMENT = ("顺德区委社会工作部", "顺德区卫生健康局", "顺德区民政和人力资源社会保障局")
FACTS: dict[int, tuple[Callable[[], Any], Any]] = {
    20: (
        _hubei,
        (
            "医务社工部",
            "2018-05",
            True,
            ["临床社工小组", "社工督导组", "社工技术支持组", "志愿服务队"],
        ),
    ),
    21: (_beijing, ("医务社会工作部", "2020-11", "随诊、病房探访、个案、小组", "整合成立")),
    22: (_henan, ("社会工作部", "2013-08", "2020-04", "医疗事业发展和社会工作部", "2020-04")),
    23: (
        _jiangsu,
        (
            "社会工作办公室",
            "南京市鼓楼区仁医社会工作发展服务中心",
            "sister_agency",
            True,
        ),
    ),
    24: (
        lambda: (_msw("武汉儿童医院").name, _post("clinical_msw_assistant")),
        ("社会服务部", "临床医务社工助理"),
    ),
    25: (
        lambda: _kinds("云南省肿瘤医院", "南京鼓楼医院", "江苏省儿童医院"),
        ["hospital"] * 3,
    ),
    26: (
        lambda: (
            _body("东风社区卫生服务中心").kind,
            _body("东风社区卫生服务中心").hospital_type,
            _body("东风社区卫生服务中心").profile["facts"],
        ),
        ("community_health", "community_centre", ["社区健康志愿者起步 20 人"]),
    ),
    27: (
        lambda: _body("北京健康管理协会").profile["role"],
        "培育支持机构",
    ),
    28: (_stations, (1, 35, 35, 35)),
    29: (_incubator, ("雄安新区社会工作孵化培育基地", "2022", 500, True, 3)),
    30: (
        lambda: (_kinds(*AGENCIES), str(_body(AGENCIES[1]).founded)),
        (["agency"] * 3, "2020-05"),
    ),
    31: (
        lambda: [str(HospitalGrade(grade).label) for grade in ("3A", "0")],
        ["三级甲等", "未定级"],
    ),
    32: (lambda: _kinds("广东医科大学顺德妇女儿童医院", "和祐医院"), ["hospital"] * 2),
    33: (lambda: _kinds(*GOVERNMENT), ["government"] * 3),
    34: (
        lambda: (_charities(), _four_a()),
        (
            sorted(
                [
                    ("字节跳动公益", "platform"),
                    ("社会工作发展专项基金", "special_fund"),
                    ("新浪微公益", "platform"),
                    ("北京新阳光慈善基金会", "foundation"),
                    ("北京同心圆慈善基金会", "foundation"),
                    ("北京慈缘慈善基金会", "foundation"),
                    ("北京春苗慈善基金会", "foundation"),
                    ("北京大医公益基金会", "foundation"),
                    ("北京微爱公益基金会", "foundation"),
                    ("广东省和的慈善基金会", "foundation"),
                    ("顺德区慈善会", "federation"),
                    ("社工人才发展基金", "special_fund"),
                    ("轻松集团", "platform"),
                    ("米公益", "platform"),
                ]
            ),
            ("4A", ["public_fundraising", "rating"]),
        ),
    ),
    35: (lambda: _kinds("轻松集团", "米公益"), ["platform"] * 2),
    36: (
        lambda: ([_body(name).kind for name in PROFESSIONAL], _body(PROFESSIONAL[0]).region.path),
        (["professional_body"] * 7, "全国"),
    ),
    37: (lambda: _post("msw_project_director"), "医务社工项目总监"),
}
