"""The words offices use for kinds of meeting, posts, standings and so on, as our codes.

The tables are generous on purpose; a word that is in none of them is an error of its cell, never
a guess.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from meetings.enums import Gender, MeetingKind, OrganizationKind, PostTitle, StandingKind
from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import Cell, compact, plain

FULL, PROBATIONARY = "full", "probationary"
GROUP_LEADER = "group_leader"
UPPER_POST = "upper_post"
ORDINARY = ""


def _table(rows: dict[str, str]) -> dict[str, str]:
    """Turn ``code: "word word …"`` around."""
    return {word: code for code, words in rows.items() for word in words.split()}


GENDERS = _table({Gender.MALE: "男 男性 m male", Gender.FEMALE: "女 女性 f female"})

YES = {"是", "√", "✓", "✔", "☑", "y", "yes", "true", "t", "有", "1", "对", "o"}
NO = {"否", "不是", "×", "✗", "✘", "x", "n", "no", "false", "f", "0", "非", "没"}

CATEGORIES = _table(
    {
        FULL: "正式党员 正式 中共党员 中共正式党员 党员 中共党员(正式) 已转正",
        PROBATIONARY: "预备党员 预备 中共预备党员 中共党员(预备) 预备期 未转正",
    }
)

ORGANIZATION_KINDS = _table(
    {
        OrganizationKind.COMMITTEE: (
            "党委 机关党委 基层党委 党的委员会 委员会 党工委 工委 直属机关党委 二级党委 党组织委员会 "
            "直属党委 机关党工委"
        ),
        OrganizationKind.GENERAL_BRANCH: "党总支 党总支部 总支 总支部 党总支委员会 党总支部委员会 直属党总支",
        OrganizationKind.BRANCH: (
            "党支部 支部 党支部委员会 基层党支部 直属党支部 在职党支部 离退休党支部 独立党支部"
        ),
        OrganizationKind.JOINT_BRANCH: "联合党支部 联合支部 联合",
        OrganizationKind.TEMPORARY_BRANCH: "临时党支部 临时支部 临时",
    }
)
# How an organization's name ends, longest first, when no column says what it is.
NAME_ENDINGS = (
    ("联合党支部", OrganizationKind.JOINT_BRANCH),
    ("临时党支部", OrganizationKind.TEMPORARY_BRANCH),
    ("总支部委员会", OrganizationKind.GENERAL_BRANCH),
    ("总支委员会", OrganizationKind.GENERAL_BRANCH),
    ("支部委员会", OrganizationKind.BRANCH),
    ("总支部", OrganizationKind.GENERAL_BRANCH),
    ("总支", OrganizationKind.GENERAL_BRANCH),
    ("支部", OrganizationKind.BRANCH),
    ("党委", OrganizationKind.COMMITTEE),
    ("党工委", OrganizationKind.COMMITTEE),
    ("委员会", OrganizationKind.COMMITTEE),
)

POSTS = _table(
    {
        PostTitle.SECRETARY: "书记 专职书记 第一书记 支部书记 党支部书记 支书",
        PostTitle.DEPUTY: "副书记 专职副书记 常务副书记 支部副书记 党支部副书记",
        PostTitle.ORGANIZATION: "组织委员 支部组织委员 党支部组织委员 组织",
        PostTitle.PUBLICITY: "宣传委员 支部宣传委员 党支部宣传委员 宣传 宣传教育委员",
        PostTitle.DISCIPLINE: (
            "纪检委员 支部纪检委员 党支部纪检委员 纪律检查委员 纪委委员 纪检 纪律委员 纪检监察委员"
        ),
        PostTitle.MEMBER: (
            "委员 支委 支部委员 党支部委员 支委委员 支委会委员 群工委员 群众工作委员 生活委员 保密委员 "
            "学习委员 文体委员 "
            "文艺委员 体育委员 统计委员 党务委员 群众委员 保卫委员 福利委员 妇女委员 工会委员 监督委员"
        ),
        PostTitle.YOUTH: "青年委员 支部青年委员 党支部青年委员 青工委员",
        PostTitle.UNITED_FRONT: "统战委员 支部统战委员 党支部统战委员",
        GROUP_LEADER: "组长 党小组组长 党小组长 小组长 党小组副组长 副组长",
        ORDINARY: "党员 普通党员 一般党员 正式党员 预备党员 否 无职务 党小组成员 组员",
    }
)
TWO_POSTS = {
    "组宣委员": (PostTitle.ORGANIZATION, PostTitle.PUBLICITY),
    "组织宣传委员": (PostTitle.ORGANIZATION, PostTitle.PUBLICITY),
    "宣传组织委员": (PostTitle.ORGANIZATION, PostTitle.PUBLICITY),
    "组织纪检委员": (PostTitle.ORGANIZATION, PostTitle.DISCIPLINE),
    "纪检组织委员": (PostTitle.ORGANIZATION, PostTitle.DISCIPLINE),
    "宣传纪检委员": (PostTitle.PUBLICITY, PostTitle.DISCIPLINE),
    "纪检宣传委员": (PostTitle.PUBLICITY, PostTitle.DISCIPLINE),
}
BRANCH_COMMITTEE = re.compile(r"^(?:本?党?支部委员会|支委会|本?党?支部)(?=.)")
# A post in an organization above the branch says nothing about the branch's own committee.
UPPER_ORGANIZATIONS = re.compile(r"(机关|基层|直属)?(党委|党工委|党总支|总支|总支部|党组|纪委|机关纪委)")

STANDINGS = _table(
    {
        ORDINARY: (
            "在册 正常 在籍 在党 在岗 在职 否 正式 正式党员 预备党员 良好 在册党员 正常党员 在库 退休 "
            "离退休 在编"
        ),
        StandingKind.FRAIL: (
            "年老体弱 年老 体弱 年老多病 体弱多病 年老体弱党员 重病 身患重病 患重病 长期患病 长期病休 "
            "行动不便 病重 卧床 失能 年高体弱"
        ),
        StandingKind.MOBILE: (
            "流动 流动党员 外出流动 流出 流出党员 外出 外出党员 流动外出 在外地流动 外出流动党员 外出务工"
        ),
        StandingKind.PROBATION_WITHIN_PARTY: "留党察看 留党察看一年 留党察看两年 留党察看二年 察看期",
        StandingKind.DETAINED: "留置 逮捕 被留置 被逮捕 拘留 羁押 被羁押 暂停权利 停止权利",
        StandingKind.ABROAD: (
            "出国 出境 出国境 出国(境) 出国/境 出国出境 出国留学 境外 国外 在国外 出国(境)党员 因私出国 "
            "公派出国"
        ),
        StandingKind.LOST_CONTACT: "失联 失联党员 失去联系 失去联系党员 无法联系",
        StandingKind.TRANSFERRING: (
            "转出 转出中 转接中 组织关系转出 组织关系转出中 已转出未接收 转移中 待转出"
        ),
    }
)

KINDS = _table(
    {
        MeetingKind.GENERAL: (
            "支部党员大会 党员大会 支部大会 党支部大会 党支部党员大会 全体党员大会 支部全体党员大会 "
            "党员全体会议 党员全体大会 "
            "支部党员会议 全体党员会议 党员会议"
        ),
        MeetingKind.COMMITTEE: (
            "支部委员会会议 支部委员会 支委会会议 支委会议 支委会 支委扩大会议 支委扩大会 "
            "支部委员会扩大会议 党支部委员会会议 "
            "党支部委员会 支部委员会议 委员会会议 支委(扩大)会议 支委(扩大)会 支委会(扩大)"
        ),
        MeetingKind.GROUP: "党小组会议 党小组会 党小组学习会 党小组学习 党小组活动 小组会议 小组会 党小组",
        MeetingKind.LECTURE: (
            "党课 上党课 讲党课 听党课 微党课 专题党课 党课教育 党课学习 书记讲党课 书记党课 廉政党课 "
            "主题党课 党员上党课"
        ),
        MeetingKind.THEME_DAY: (
            "主题党日 主题党日活动 党日活动 支部主题党日 党员活动日 固定党日 党日 党员主题日 支部党日 "
            "党员主题党日 固定主题党日 "
            "主题党日(活动)"
        ),
        MeetingKind.ORGANIZATIONAL_LIFE: (
            "组织生活会 专题组织生活会 年度组织生活会 支部组织生活会 党支部组织生活会"
        ),
        MeetingKind.APPRAISAL: (
            "民主评议党员 民主评议 党员民主评议 评议党员 民主评议党员大会 民主评议会 民主评议党员会议 "
            "党员评议"
        ),
        MeetingKind.DEMOCRATIC_LIFE: "民主生活会 专题民主生活会 年度民主生活会",
        MeetingKind.SECRETARY_REPORT: (
            "述职评议 书记述职评议 书记述职 述职评议会 述职评议会议 党建述职评议 抓党建述职评议 述职述廉"
        ),
        MeetingKind.STAFF: "党员干部大会 机关党员干部大会 全体党员干部大会 机关干部大会 全体干部大会",
    }
)
KIND_WORDS = re.compile("|".join(re.escape(word) for word in sorted(KINDS, key=len, reverse=True)))
# What may stand between and around the kinds without meaning anything.
KIND_NOISE = re.compile(
    r"三会一课|[、,;:/+&|·。.()\[\]【】《》\-—_\s]|\d+|[年月日]|第?[一二三四五六七八九十]*(?:季度|次|月|期)|第|和|与|及|暨|并|兼|以及|同时"
    r"|召开|开展|组织|活动|会议|会|专题|例会|集中|学习|年度|季度|上半年|下半年|本|支部|党支部|扩大|的"
)
IN_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")
POST_SEPARATORS = re.compile(r"\((?:兼任?|兼职|专职|代理?|主持工作)\)|[、,;/+&|()]|兼任|兼")
STANDING_SEPARATORS = re.compile(r"[、,;+&|]")


def parse_kinds(value: Cell) -> tuple[str, ...]:
    """The kinds one event was, in the order written: "主题党日、党课" → theme day, lecture.

    Raises BadValue for a word that is no kind.
    """
    text = compact(value)
    kinds = tuple(dict.fromkeys(KINDS[word] for word in KIND_WORDS.findall(text)))
    # A note in brackets, such as 党员大会(换届选举), may say what it likes; a kind in it counts.
    left_over = KIND_NOISE.sub("", IN_BRACKETS.sub("", KIND_WORDS.sub("、", text)))
    if not kinds or left_over:
        raise _unknown(value, _("“%(value)s” is not a kind of meeting"))
    return kinds


def parse_posts(value: Cell) -> tuple[str, ...]:
    """Codes of posts; GROUP_LEADER and UPPER_POST stand for what is no post of the branch."""
    found: list[str] = []
    for word in _words(value, POST_SEPARATORS):
        found.extend(_posts_of(word, value))
    return tuple(dict.fromkeys(code for code in found if code))


def _posts_of(word: str, value: Cell) -> Iterable[str]:
    short = BRANCH_COMMITTEE.sub("", word)
    if short in TWO_POSTS:
        return TWO_POSTS[short]
    if word in POSTS or short in POSTS:
        return (POSTS[word if word in POSTS else short],)
    if UPPER_ORGANIZATIONS.match(word):
        return (UPPER_POST,)
    raise _unknown(value, _("“%(value)s” is not a post of a branch"))


def parse_standings(value: Cell) -> tuple[str, ...]:
    """Codes of special standings; an ordinary member has none."""
    text = compact(value)
    words = [text] if text in STANDINGS else _words(IN_BRACKETS.sub("", text), STANDING_SEPARATORS)
    if unknown := [word for word in words if word not in STANDINGS]:
        raise _unknown(unknown[0], _("“%(value)s” is not a known standing"))
    return tuple(dict.fromkeys(STANDINGS[word] for word in words if STANDINGS[word]))


def _words(value: Cell, separators: re.Pattern[str]) -> list[str]:
    return [word for word in separators.split(compact(value)) if word]


def parse_gender(value: Cell) -> str:
    return _look_up(GENDERS, value, _("“%(value)s” is neither 男 nor 女"))


def parse_category(value: Cell) -> str:
    return _look_up(CATEGORIES, value, _("“%(value)s” is neither 正式党员 nor 预备党员"))


def parse_organization_kind(value: Cell) -> str:
    return _look_up(ORGANIZATION_KINDS, value, _("“%(value)s” is not a kind of organization"))


def kind_by_name(name: str) -> str:
    """What an organization is, judged by how its name ends; empty if the name does not say."""
    return next((kind for ending, kind in NAME_ENDINGS if name.endswith(ending)), "")


def parse_yes_no(value: Cell) -> bool:
    text = compact(value)
    if text in YES or text in NO:
        return text in YES
    raise _unknown(value, _("“%(value)s” is neither 是 nor 否"))


def _look_up(table: dict[str, str], value: Cell, why: str) -> str:
    text = compact(value)
    code = table.get(text, table.get(IN_BRACKETS.sub("", text)))
    if code is None:
        raise _unknown(value, why)
    return code


def _unknown(value: Cell, why: str) -> BadValue:
    return BadValue(why % {"value": plain(value)[:40]})
