import re
import subprocess
from collections import Counter
from pathlib import Path

DEPLOY = Path("deploy")


def packages(name: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in (DEPLOY / name).read_text().splitlines())
    return [line for line in lines if line]


def test_each_system_package_is_listed_once() -> None:
    everything = [p for name in DEPLOY.glob("apt*.txt") for p in packages(name.name)]
    assert [p for p, count in Counter(everything).items() if count > 1] == []


def test_every_verb_of_the_makefile_is_told_by_make_help() -> None:
    verbs = re.search(r"^\.PHONY: (.*)$", Path("Makefile").read_text(), re.MULTILINE)
    assert verbs
    told = subprocess.run(["make", "help"], capture_output=True, text=True, check=True).stdout
    for verb in verbs[1].split():
        assert re.search(rf"^{verb}\s", told, re.MULTILINE), verb


def test_requirements_are_pinned_and_agree_with_the_constraints() -> None:
    pinned = dict(
        line.split("==") for line in Path("constraints.txt").read_text().lower().splitlines()
    )
    for listing in ("requirements.txt", "sync/central/requirements.txt", "requirements-dev.txt"):
        for line in Path(listing).read_text().lower().splitlines():
            if line and not line.startswith(("#", "-r")):
                package, _, version = line.partition(";")[0].strip().partition("==")
                name = package.partition("[")[0].replace("_", "-")
                assert pinned[name] == version, line
