"""Chinese surnames: the compound ones, and the ones read otherwise than the character alone.

Readings after 《现代汉语词典》; compounds after 《百家姓》 and later usage, in both scripts.
"""

# Two characters each.
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠"
    "公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁"
    "拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌梁丘左丘西门第五东里东宫仲长即墨达奚褚师纳兰完颜"
    "耶律叶赫贺兰豆卢哥舒单于歐陽東方獨孤南宮萬俟聞人諸葛尉遲赫連濮陽公孫仲孫鍾離鐘離長孫鮮于"
    "閭丘子車巫馬司馬顓孫壤駟樂正穀梁夾谷軒轅東郭南門西門澹臺納蘭完顏葉赫賀蘭豆盧單于"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[at : at + 2] for at in range(0, len(_COMPOUND), 2))

# The surname's own reading first, then the one typed by people who do not know it.
SURNAME_READINGS = {
    "单": ("shan", "dan"),
    "仇": ("qiu", "chou"),
    "曾": ("zeng", "ceng"),
    "解": ("xie", "jie"),
    "区": ("ou", "qu"),
    "查": ("zha", "cha"),
    "朴": ("piao", "pu"),
    "盖": ("ge", "gai"),
    "冼": ("xian", "xi"),
    "洗": ("xian", "xi"),
    "繁": ("po", "fan"),
    "秘": ("bi", "mi"),
    "乐": ("yue", "le"),
    "员": ("yun", "yuan"),
    "贠": ("yun", "yuan"),
    "黑": ("he", "hei"),
    "翟": ("zhai", "di"),
    "折": ("she", "zhe"),
    "宓": ("mi", "fu"),
    "祭": ("zhai", "ji"),
    "种": ("chong", "zhong"),
    "缪": ("miao", "mou"),
    "谌": ("chen", "shen"),
    "召": ("shao", "zhao"),
    "尉": ("wei", "yu"),
    "隗": ("wei", "kui"),
    "郗": ("xi", "chi"),
    "郄": ("qie", "xi"),
    "覃": ("qin", "tan"),
    "沈": ("shen", "chen"),
    "么": ("yao", "me"),
    "能": ("nai", "neng"),
    "牟": ("mou", "mu"),
    "俞": ("yu", "shu"),
    "卜": ("bu", "bo"),
    "薄": ("bo", "bao"),
    "柏": ("bai", "bo"),
    "车": ("che", "ju"),
    "长": ("zhang", "chang"),
    "褚": ("chu", "zhu"),
    "都": ("du", "dou"),
    "角": ("jue", "jiao"),
    "句": ("gou", "ju"),
    "陆": ("lu", "liu"),
    "瞿": ("qu", "ju"),
    "莘": ("shen", "xin"),
    "宿": ("su", "xiu"),
    "行": ("xing", "hang"),
    "任": ("ren",),
    "葛": ("ge",),
    "华": ("hua",),
    "燕": ("yan",),
    "宁": ("ning",),
    "应": ("ying",),
    "纪": ("ji",),
    "尉迟": ("yu chi", "wei chi"),
    "万俟": ("mo qi", "wan si"),
    "澹台": ("tan tai", "dan tai"),
    "长孙": ("zhang sun", "chang sun"),
    "单于": ("chan yu", "shan yu", "dan yu"),
    "乐正": ("yue zheng", "le zheng"),
    "宰父": ("zai fu",),
    "皇甫": ("huang fu",),
    "濮阳": ("pu yang",),
    "令狐": ("ling hu",),
    "亓官": ("qi guan",),
    "拓跋": ("tuo ba", "ta ba"),
}
