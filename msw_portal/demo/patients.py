"""Invented patients: every name ends in 演示, every identity number carries a region that does not exist.

The numbers are well formed (check digit, sex, date of birth) so that the ordinary validators take
them; 9900xx is no region of GB/T 2260. Telephones are 1990000xxxx.
"""

import datetime as dt
from dataclasses import dataclass

from cases.services.guardians import OF_AGE
from msw_portal.demo.dice import Dice
from msw_portal.kernel.identifiers import id_check_digit

MARK = "演示"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
    "任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵"
)
POLYPHONIC = "单仇解区查朴盖翟尉覃"
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫")
BOYS = "伟强磊军勇杰涛明超亮建国华平志刚海峰鹏飞宇轩浩然子涵博文俊泽睿晨皓天家豪思远承恩"
GIRLS = "芳娜敏静丽娟艳秀兰霞梅玲英桂珍雪慧婷欣怡梓萱雨桐诗涵若曦佳琪可馨思琪晓燕美玉"
RARE = "𠮷𫍲"  # beyond the basic plane: encodings that count in 16 bits break here
PLACES = (
    (130632, "河北省安新县"),
    (130629, "河北省容城县"),
    (110101, "北京市东城区"),
    (110102, "北京市西城区"),
    (410100, "河南省郑州市"),
    (420100, "湖北省武汉市"),
    (320100, "江苏省南京市"),
    (530100, "云南省昆明市"),
    (440606, "广东省佛山市顺德区"),
    (330200, "浙江省宁波市"),
)
WELFARE = {
    "ordinary": 55,
    "subsistence": 14,
    "marginal": 10,
    "expenditure": 8,
    "poverty_watch": 6,
    "destitute": 2,
    "disabled": 3,
    "unsupported_child": 1,
    "preferential": 1,
}
INSURANCE = {
    "resident": 52,
    "employee": 22,
    "remote_filed": 12,
    "remote_unfiled": 6,
    "self_paid": 5,
    "commercial": 3,
}


@dataclass(frozen=True)
class Relative:
    """Somebody around the patient; the first is the one the social worker calls."""

    name: str
    relation: str
    phone: str
    is_guardian: bool


@dataclass(frozen=True)
class Patient:
    name: str
    sex: str
    born: dt.date
    id_no: str
    phone: str
    region: int
    address: str
    welfare: str
    insurance: str
    household_size: int
    monthly_income: int
    relatives: tuple[Relative, ...]

    def age_on(self, day: dt.date) -> int:
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def is_guarded_by(self, relative: Relative, day: dt.date) -> bool:
        """Whether a relative registered on that day is a guardian: who comes of age between admission and
        registration has none, or the portal would ask for a guardian's signature for good.
        """
        return relative.is_guardian and self.age_on(day) < OF_AGE


def patient(dice: Dice, *, house: int, serial: int, ages: tuple[int, int], on: dt.date) -> Patient:
    """The `serial`-th invented patient of hospital `house` (1, 2), aged within `ages` on a day."""
    sex = "1" if dice.chance(0.52) else "2"
    born = on - dt.timedelta(days=dice.randint(ages[0] * 365 + 20, ages[1] * 365 + 340))
    surname = draw_surname(dice)
    region, place = dice.zipf(PLACES)
    size = dice.randint(2, 6)
    is_minor = (on - born).days < OF_AGE * 365.25
    return Patient(
        name=surname + draw_given(dice, sex) + MARK,
        sex=sex,
        born=born,
        id_no=make_id_no(house, born, sex, serial),
        phone=_phone(serial),
        region=region,
        address=f"{place}示例镇演示村 {dice.randint(1, 300)} 号",
        welfare=dice.weighted(WELFARE),
        insurance=dice.weighted(INSURANCE),
        household_size=size,
        monthly_income=dice.randrange(1200, 9000, 100),
        relatives=_relatives(dice, surname, sex, is_minor, serial),
    )


def draw_surname(dice: Dice) -> str:
    throw = dice.random()
    if throw < 0.03:
        return dice.choice(POLYPHONIC)
    return dice.choice(COMPOUND) if throw < 0.045 else dice.zipf(SURNAMES, 0.6)


def draw_given(dice: Dice, sex: str) -> str:
    letters = BOYS if sex == "1" else GIRLS
    if dice.chance(0.0005):
        return dice.choice(RARE)
    return "".join(dice.choice(letters) for _n in range(1 if dice.chance(0.6) else 2))


def make_id_no(house: int, born: dt.date, sex: str, serial: int) -> str:
    # Odd sequences are men's. The serial also moves the region, so that no two numbers are alike.
    block, place = divmod(serial, 499)
    first17 = f"9900{(house * 40 + block) % 100:02d}{born:%Y%m%d}{2 * place + int(sex):03d}"
    return first17 + id_check_digit(first17)


def _phone(serial: int) -> str:
    return f"1990000{serial % 10000:04d}"


def _relatives(
    dice: Dice, surname: str, sex: str, is_minor: bool, serial: int
) -> tuple[Relative, ...]:
    phone = _phone(serial + 5000)
    if is_minor:
        mother = Relative(
            dice.zipf(SURNAMES, 0.6) + draw_given(dice, "2") + MARK, "mother", _phone(serial), True
        )
        father = Relative(surname + draw_given(dice, "1") + MARK, "father", phone, True)
        return (mother, father) if dice.chance(0.6) else (father, mother)
    relation = dice.weighted({"spouse": 5, "son": 2, "daughter": 2, "sibling": 1})
    of = {"son": "1", "daughter": "2", "spouse": "2" if sex == "1" else "1", "sibling": sex}[
        relation
    ]
    own = surname if relation in ("son", "daughter", "sibling") else dice.zipf(SURNAMES, 0.6)
    return (Relative(own + draw_given(dice, of) + MARK, relation, phone, False),)
