"""Faults of the ways to chat groups (企业微信, 钉钉): two groups are told beside the five people."""

from collections.abc import Iterator
from functools import partial

from meetings.models import Robot
from tests.faults.faults import Fault, at_point, closed_port, sleeps_past_the_lease
from tests.faults.processes import kill_myself, trip
from tests.faults.scene import NOW, Scene

POINTS = ("robot.before_last_byte", "robot.after_last_byte")


def with_robots(scene: Scene) -> None:
    """One group of each vendor. The scene that follows begins without."""
    world, home = scene.world, f"http://127.0.0.1:{scene.groups.port}"
    facts = {"added_by": world.administrator, "added_at": NOW}
    Robot.objects.create(
        organization=world.branch, channel="wecom", name="w", url=f"{home}/send?key=wecom", **facts
    )
    Robot.objects.create(
        organization=world.small_branch, channel="dingtalk", name="d", url=f"{home}/robot?access_token=ding",
        secret="SEC1", **facts,
    )  # fmt: skip


def misbehaves(verb: str, deed: str, times: int, scene: Scene) -> bool:
    with_robots(scene)
    scene.groups.misbehave(verb, deed, times=times)
    scene.clean_round()
    return True


def away(scene: Scene) -> bool:
    with_robots(scene)
    port = closed_port()
    for robot in Robot.objects.all():
        _move(robot, scene.groups.port, port)
    ended = scene.process(ROBOT_HOSTS=[f"http://127.0.0.1:{port}"]).wait()
    for robot in Robot.objects.all():
        _move(robot, port, scene.groups.port)
    return ended == 0


def at_robot(action: partial[bool], scene: Scene) -> bool:
    with_robots(scene)
    return action(scene)


def _move(robot: Robot, old: int, new: int) -> None:
    robot.url = robot.url.replace(f":{old}/", f":{new}/")
    robot.save()


def robot_faults() -> Iterator[Fault]:
    yield Fault("group robot away", "refuses connections", away)
    for times in (1, 1000):
        for verb in ("HEAD", "BODY"):
            for deed in ("hang", "drop"):
                kind = {"hang": "hangs", "drop": "drops"}[deed]
                yield Fault(f"group robot {kind}", f"{verb} {times}", partial(misbehaves, verb, deed, times))
        for deed in ("503", "errcode 45009", "errcode 310000"):
            yield Fault("group robot: not now", f"{deed} {times}", partial(misbehaves, "BODY", deed, times))
        for deed, kind in (
            ("drop after taking", "drops after taking"),
            ("hang after taking", "hangs after taking"),
            ("late", "is late"),
        ):  # fmt: skip
            yield Fault(f"group robot {kind}", str(times), partial(misbehaves, "BODY", deed, times))
    refuse = partial(misbehaves, "BODY", "errcode 93000", 1)
    yield Fault("group robot refuses for good", "errcode 93000", refuse, may_die=True)
    for point in POINTS:
        kill, error = partial(at_point, kill_myself, point, 1, -9), partial(at_point, trip, point, 1, None)
        yield Fault("kill −9", point, partial(at_robot, kill))
        yield Fault("error in our own code", point, partial(at_robot, error))
        sleep = partial(sleeps_past_the_lease, point, 1)
        yield Fault("SIGSTOP past the lease", point, partial(at_robot, sleep))
