"""`make faults`: a database of its own, so many faults, a table; the exit code says whether anything was lost.

python -m tests.faults [NUMBER] [--chaos SECONDS] [--planners NUMBER] [--seed NUMBER] [--only WORDS] [--control]
"""

import argparse
import os
import sys


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return run_program(options)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("number", type=int, nargs="?", default=1000)
    parser.add_argument("--chaos", type=float, default=60.0, help="seconds of everything at once")
    parser.add_argument("--planners", type=int, default=1000, help="in a row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="faults in whose heading or name these words stand")
    parser.add_argument("--control", action="store_true", help="one fault, under which a naive task doubles")
    return parser.parse_args(arguments)


def run_program(options: argparse.Namespace) -> int:
    from tests.faults import campaign
    from tests.faults.scene import scene
    from tests.faults.table import table

    faults = [fault for fault in table(options.planners) if options.only in f"{fault.kind}, {fault.name}"]
    with scene() as stage:
        if options.control:
            report = campaign.control(stage)
        else:
            chance = {"seed": options.seed, "chaos": options.chaos}
            report = campaign.run(stage, faults, options.number, say=_say, **chance)
    for trouble in report.troubles:
        _say(trouble)
    _say("\n".join(["", *campaign.lines(report), "", f"{report.seconds:.0f} s"]))
    return 0 if report.is_good else 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
