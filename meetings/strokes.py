"""Strokes of surnames, for the order of names on a ballot.

Counted as in the standard of the mainland. Pure: no database, no clock.
"""

# Surnames by their number of strokes; of a surname of two characters the first one counts.
SURNAMES = {
    2: "丁卜刁",
    3: "马于万卫门干上",
    4: "王韦方尹毛孔文牛尤车卞仇区井巴丰支计云戈乌亓亢公勾元邓长仉",
    5: "冯田叶卢石付白龙史申兰左甘包宁冉司古丛乐皮厉仝帅母平玉由令东艾边邝印召",
    6: "刘孙朱许吕任江闫向汤安齐乔伍庄关纪毕成曲华牟农吉米全师仲巩池"
    "匡伊权朴伏羊危戎衣尧闭宇百西阳阴祁邢邬阮那",
    7: "李张杨吴何宋肖余杜沈汪严谷辛时麦岑冷佟应闵沙巫佘劳位豆狄初来"
    "况利但冶束轩陈陆苏邱邵邹芦花连迟阿芮邰邸折员",
    8: "周林罗金孟武易庞岳欧尚单季房屈卓宗和明官冼练国杭於呼居幸奉拓范郑苗苟茅郁郎宓",
    9: "赵胡姚姜钟段侯贺施俞柳柯饶项娄宫费柏查封胥南闻禹宣相战哈信昝皇闾郝郜骆荣荆荀茹种逄",
    10: "徐高唐袁贾夏秦顾钱倪聂殷耿祝凌涂翁柴党晏席桂姬栾桑谈班原栗奚"
    "海祖卿索晋容晁浦修诺宾展诸郭陶莫都敖莘秘",
    11: "梁曹崔龚康章符梅盛戚商寇麻谌盘屠盖扈鹿宿银尉淳第黄萧隋隆逯隗",
    12: "谢韩彭曾程覃温鲁焦舒童游喻景惠储粟强普辜嵇湛揭斯智植富董蒋葛敬税黑",
    13: "雷詹路靳鲍解简窦虞楚楼满廉阙雍裘蓝蒙蒲褚鄢甄蒯",
    14: "谭廖熊翟裴管缪臧漆赫鲜锺端蔡蔺慕",
    15: "潘黎樊颜滕撒",
    16: "霍穆冀燕衡薛薄",
    17: "戴鞠檀魏繁",
    18: "瞿",
}
STROKES = {character: number for number, characters in SURNAMES.items() for character in characters}
# A surname that is not in the table stands behind those that are.
UNKNOWN = 99


def surname_strokes(name: str) -> int:
    """Strokes of the surname's first character; ``UNKNOWN`` for one that is not in the table."""
    return STROKES.get(name[:1], UNKNOWN)
