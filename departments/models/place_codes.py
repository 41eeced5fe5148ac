"""What a body, a department or a station of the register can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganizationKind(models.TextChoices):
    INSTALLATION = "installation", _("平台")
    HOSPITAL = "hospital", _("医院")
    COMMUNITY_HEALTH = "community_health", _("社区卫生服务机构")
    PUBLIC_HEALTH = "public_health", _("公共卫生机构")
    FOUNDATION = "foundation", _("基金会")
    ASSOCIATION = "association", _("社会团体")
    AGENCY = "agency", _("社会工作服务机构")
    GOVERNMENT = "government", _("政府部门")
    UNIVERSITY = "university", _("高校")
    COMPANY = "company", _("企业")
    MEDIA = "media", _("媒体")
    PLATFORM = "platform", _("平台企业")
    PROFESSIONAL_BODY = "professional_body", _("行业协会")
    VOLUNTEER_BODY = "volunteer_body", _("志愿组织")
    TRUSTEE = "trustee", _("慈善信托受托人")


class HospitalGrade(models.TextChoices):
    III_A = "3A", _("三级甲等")
    III_B = "3B", _("三级乙等")
    III_C = "3C", _("三级丙等")
    III_X = "3X", _("三级未定等")
    II_A = "2A", _("二级甲等")
    II_B = "2B", _("二级乙等")
    II_C = "2C", _("二级丙等")
    I_A = "1A", _("一级甲等")
    I_B = "1B", _("一级乙等")
    I_C = "1C", _("一级丙等")
    UNGRADED = "0", _("未定级")


TERTIARY = frozenset(
    {HospitalGrade.III_A, HospitalGrade.III_B, HospitalGrade.III_C, HospitalGrade.III_X}
)


class HospitalType(models.TextChoices):
    GENERAL = "general", _("综合")
    SPECIALISED = "specialised", _("专科")
    TRADITIONAL = "traditional", _("中医")
    MATERNAL_CHILD = "maternal_child", _("妇幼")
    MENTAL = "mental", _("精神")
    INFECTIOUS = "infectious", _("传染")
    ONCOLOGY = "oncology", _("肿瘤")
    CHILDREN = "children", _("儿童")
    COMMUNITY_CENTRE = "community_centre", _("社区卫生服务中心")
    TOWNSHIP_CENTRE = "township_centre", _("乡镇卫生院")
    PUBLIC_HEALTH = "public_health", _("公共卫生")
    ELDER_CARE = "elder_care", _("医养结合")


class Ownership(models.TextChoices):
    PUBLIC = "public", _("公立")
    PRIVATE_NONPROFIT = "private_nonprofit", _("民营非营利")
    PRIVATE_PROFIT = "private_profit", _("民营营利")


class Affiliation(models.TextChoices):
    """To whom a hospital belongs."""

    CENTRAL = "central", _("委属（部属）")
    PROVINCE = "province", _("省属")
    CITY = "city", _("市属")
    DISTRICT = "district", _("区属（县属）")
    TOWNSHIP = "township", _("镇街")
    UNIVERSITY = "university", _("高校附属")
    ENTERPRISE = "enterprise", _("企业")
    OTHER = "other", _("其他")


class CharityType(models.TextChoices):
    """What a body of charity is in the register of charities."""

    FOUNDATION = "foundation", _("基金会")
    SPECIAL_FUND = "special_fund", _("专项基金")
    FEDERATION = "federation", _("慈善会")
    PLATFORM = "platform", _("平台")


class Precision(models.TextChoices):
    """How much of a date is known: a source that says 2018 年 5 月 is kept as it says."""

    DAY = "day", _("年月日")
    MONTH = "month", _("年月")
    YEAR = "year", _("年")


class NameChange(models.TextChoices):
    """Why a name ended."""

    RENAMED = "renamed", _("更名")
    MERGED = "merged", _("合并")
    SPLIT = "split", _("分立")
    REORGANISED = "reorganised", _("改制")


class DepartmentKind(models.TextChoices):
    MSW = "msw", _("医务社工部")
    CLINICAL = "clinical", _("临床科室")
    WARD = "ward", _("病区")
    TEAM = "team", _("小组")
    CAMPUS = "campus", _("院区")
    STATION = "station", _("社工站")
    STATION_CENTRE = "station_centre", _("社工指导中心")
    INCUBATOR = "incubator", _("孵化基地")


class StationLevel(models.TextChoices):
    COUNTY = "county", _("县（区）级")
    TOWNSHIP = "township", _("乡镇（街道）级")
    VILLAGE = "village", _("村（社区）级")


STATION_KINDS = frozenset(
    {DepartmentKind.STATION, DepartmentKind.STATION_CENTRE, DepartmentKind.INCUBATOR}
)
