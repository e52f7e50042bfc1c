"""Made-up minutes as branches write them: the same phrases everywhere, the point of each its own. Some are copies
of an earlier one with other names, other dates and a sentence or two moved, as happens."""

import random
import re

OPENINGS = (
    "会议由支部书记{name}主持，应到{n}人，实到{m}人，符合规定人数。",
    "{name}同志主持会议，首先通报了上次会议议定事项的办理情况。",
    "按照年度组织生活安排，支部召开本次会议，{name}担任记录。",
    "会前支部委员会研究确定了会议主题，并提前三天通知全体党员。",
)
STUDIES = (
    "会议传达学习了{paper}，与会同志逐段领学，并结合岗位实际谈了体会。",
    "集体学习{paper}，{name}作重点发言，谈到要把学习成果转化为工作成效。",
    "围绕{paper}开展研讨，大家一致认为要学深悟透、学以致用、知行合一。",
    "支部书记领学{paper}，要求全体党员原原本本学、联系实际学、持之以恒学。",
)
PAPERS = (
    "党的二十大精神", "中央八项规定及其实施细则精神", "党章关于党员义务和权利的规定", "基层治理有关文件",
    "市委机关党建工作要点", "纪律处分条例有关条文", "优化营商环境若干措施", "保密法和有关保密规定",
)  # fmt: skip
TOPICS = (
    "窗口叫号系统经常卡顿", "老旧小区加装电梯的补贴申领", "低保复核材料重复提交", "企业开办一窗通办试点",
    "乡镇便民点无人值守时段", "电子证照共享不及时", "信访件办理超期", "困难党员帮扶台账不清",
    "年轻干部下沉锻炼", "离退休党员送学上门", "雨季防汛值班安排", "公务用车管理漏洞",
    "档案数字化进度", "食堂节约粮食", "志愿服务时间记录", "业务系统账号清理", "热线工单退回率偏高",
    "项目资金支付进度", "采购需求论证", "会议室预约冲突",
)  # fmt: skip
SAYS = (
    "{name}提出，{topic}已经影响群众办事，建议由{post}牵头，{day}日前拿出办法；",
    "{name}不同意马上调整{topic}，认为应先走访{k}户了解情况，再定下一步；",
    "{name}汇报了{topic}的摸底情况，共梳理出{k}条意见，其中{m}条可以当场解决；",
    "{name}对照检查自己在{topic}上主动性不够，表示{day}日前完成整改；",
    "{name}建议把{topic}列为下月主题党日的内容，请{post}联系有关单位；",
    "{name}介绍了外地处理{topic}的做法，大家讨论后认为第{k}条可以借鉴；",
)
POSTS = ("组织委员", "宣传委员", "纪检委员", "业务骨干", "第一党小组", "青年党员突击队")
ENDINGS = (
    "最后，支部书记作了总结，要求大家认真落实会议精神，扎实做好各项工作。",
    "会议强调，要提高政治站位，强化责任担当，切实把思想和行动统一到会议部署上来。",
    "会议议定以上事项，由支部委员会督促落实，下次会议通报进展。",
    "大家表示将立足本职、真抓实干，以实际行动践行初心使命。",
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志红"

SPEAKER = re.compile(
    rf"[{SURNAMES}][{GIVEN}]{{1,2}}(?=同志|主持|担任|作重点|提出|不同意|汇报|对照|建议|介绍)"
)


def synthetic_minutes(
    number: int, copies: int, seed: str = "青榆"
) -> tuple[list[str], list[tuple[int, int]]]:
    """``number`` minutes, of which ``copies`` are near-copies of others; and the pairs, by their places."""
    rng = random.Random(seed)
    texts = [_minute(rng) for _each in range(number - copies)]
    pairs = []
    for original in rng.sample(range(len(texts)), copies):
        pairs.append((original, len(texts)))
        texts.append(copied(texts[original], rng))
    return texts, pairs


def _minute(rng: random.Random) -> str:
    parts = [rng.choice(OPENINGS), rng.choice(STUDIES)]
    topics = rng.sample(TOPICS, rng.randint(2, 4))
    parts += [
        rng.choice(SAYS).replace("{topic}", topic)
        for topic in topics
        for _turn in range(rng.choice((1, 1, 2)))
    ]
    parts += rng.sample(ENDINGS, rng.randint(1, 2))
    return "".join(_filled(part, rng) for part in parts)


def _filled(part: str, rng: random.Random) -> str:
    return part.format(
        name=_name(rng), paper=rng.choice(PAPERS), post=rng.choice(POSTS), day=rng.randint(1, 28),
        k=rng.randint(3, 30), m=rng.randint(5, 12), n=rng.randint(12, 30),
    )  # fmt: skip


def _name(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2))))


def copied(text: str, rng: random.Random) -> str:
    """Other people, numbers and dates, another layout, two sentences in another order and a polite one more."""
    renamed = SPEAKER.sub(lambda found: _name(rng), text)
    sentences = [each for each in re.split("(?<=[；。])", renamed) if each]
    changed = ["".join(str(rng.randint(1, 9)) if c.isdigit() else c for c in each) for each in sentences]
    at = rng.randrange(len(changed) - 1)
    changed[at], changed[at + 1] = changed[at + 1], changed[at]
    return "\n".join(changed).replace("，", ", ") + rng.choice(
        ("会议圆满结束。", "散会。", "会后形成纪要备查。")
    )
