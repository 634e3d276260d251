"""What the workflows of GitHub do, done here: their steps are run as a runner would, in a clone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import scorelib

from ..build.few import few_cells
from .blocks import ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / ".github" / "workflows"
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


def workflow(name: str) -> dict[Any, Any]:
    read: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return read


@dataclass
class Runner:
    """Runs the steps of a job; actions of others are not run, what they are given is kept."""

    project: Path
    known: dict[str, Any]
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def fill(self, text: str) -> str:
        """A text with its expressions in place; one that names what there is not is an error."""
        return EXPRESSION.sub(lambda found: str(self.value(found[1])), text)

    def value(self, expression: str) -> Any:
        if found := re.fullmatch(r"fromJSON\((.+)\)", expression):
            return json.loads(self.value(found[1]))
        at: Any = {**self.known, "steps": {name: {"outputs": each} for name, each in self.outputs.items()}}
        for name in expression.split("."):
            at = at[name]
        return at

    def job(self, name: str, steps: list[dict[str, Any]], env: dict[str, str] | None = None) -> None:
        own = {key: self.fill(value) for key, value in (env or {}).items()}
        for number, step in enumerate(steps):
            if self.failed and step.get("if") not in {"always()", "${{ !cancelled() }}"}:
                continue
            if "uses" in step:
                given = {key: self.fill(str(value)) for key, value in step.get("with", {}).items()}
                self.used[step["uses"].partition("@")[0]] = given
                continue
            files = {key: self.project / f".{name}-{number}-{key}" for key in ("output", "summary")}
            for path in files.values():
                path.touch()
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", self.fill(step["run"])],
                cwd=self.project,
                env={
                    **environment(self.project),
                    **own,
                    "GITHUB_OUTPUT": str(files["output"]),
                    "GITHUB_STEP_SUMMARY": str(files["summary"]),
                },
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                self.failed.append(step["name"])
            self.summary += files["summary"].read_text("utf-8")
            if "id" in step:
                self.outputs[step["id"]] = outputs(files["output"].read_text("utf-8"))


def outputs(text: str) -> dict[str, str]:
    """What a step wrote into GITHUB_OUTPUT, in its two forms."""
    several = dict(re.findall(r"^(\w+)<<(?:END)\n(.*?)\nEND$", text, re.MULTILINE | re.DOTALL))
    return several or dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


def list_job(project: Path) -> Runner:
    runner = Runner(project, {})
    runner.job("list", workflow("reports.yml")["jobs"]["list"]["steps"])
    return runner


def make_job(project: Path, scorecard: dict[str, Any]) -> Runner:
    job = workflow("reports.yml")["jobs"]["make"]
    runner = Runner(project, {"matrix": {"scorecard": scorecard}})
    runner.job("make", job["steps"], job["env"])
    return runner


IOM = {"organisation": "iom", "year": 2024}


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.iterdir())])
def test_a_workflow_is_one_by_the_schema_of_github(name: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.github-workflows",
            FOLDER / name,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    read = workflow(name)
    assert read["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 30 for job in read["jobs"].values())


def test_no_value_of_the_data_is_put_into_a_command_as_text() -> None:
    for path in FOLDER.iterdir():
        for job in workflow(path.name)["jobs"].values():
            for step in job["steps"]:
                assert "${{" not in step.get("run", ""), (
                    f"{path.name}: give it by env, so that no shell reads it"
                )


def test_the_matrix_is_every_scorecard_and_the_check_is_in_the_summary(clone: Path) -> None:
    project = clone
    runner = list_job(project)
    assert runner.failed == []
    assert "## Check" in runner.summary
    assert "right by construction" in runner.summary
    jobs = workflow("reports.yml")["jobs"]
    runner.known = {
        "needs": {"list": {"outputs": {"scorecards": runner.fill(jobs["list"]["outputs"]["scorecards"])}}}
    }
    matrix = runner.value(jobs["make"]["strategy"]["matrix"]["scorecard"].strip("${} "))
    assert [(each["organisation"], each["year"]) for each in matrix] == [
        ("iom", 2024), ("undp", 2023), ("voorbeeld", 2024),
    ]  # fmt: skip


def test_wrong_data_end_the_run_and_are_told_in_the_summary(clone: Path) -> None:
    project = clone
    facts = project / "data" / "facts.csv"
    facts.write_text(facts.read_text("utf-8").replace("iom,staff,32000", "iom,staff,many"), "utf-8")
    runner = list_job(project)
    assert runner.failed == ["Check data and texts"]
    assert "facts.csv:4:value 'many'" in runner.summary


def test_a_scorecard_is_made_kept_found_again_under_its_key_and_put_into_the_site(
    clone: Path, tmp_path: Path
) -> None:
    second = few_cells(shutil.copytree(clone, tmp_path / "second", symlinks=True))
    first = few_cells(clone)
    runner = make_job(first, IOM)
    assert runner.failed == []
    assert "nl up to date" in runner.summary
    kept = runner.used["actions/upload-artifact"]
    found = {path.name for path in (first / kept["path"]).rglob("*")}
    assert {"index.html", "scorecard-iom-2024-nl.pdf", "scorecard-iom-2024-en.pdf", "data.zip"} <= found
    cache = runner.used["actions/cache"]
    assert re.fullmatch("reports-[0-9a-f]{64}", cache["key"])

    shutil.copytree(first / cache["path"], second / cache["path"])
    again = make_job(second, IOM)
    assert again.used["actions/cache"]["key"] == cache["key"]
    assert "0 made, 0 failed, 2 up to date" in (second / "build.txt").read_text("utf-8")

    shutil.move(second / cache["path"], second / "artifacts" / kept["name"])
    site = Runner(second, {})
    site.job("site", workflow("reports.yml")["jobs"]["site"]["steps"])
    assert site.failed == []
    pages = (second / site.used["actions/upload-artifact"]["path"] / "_site").rglob("*.html")
    assert any("iom/2024/nl" in page.read_text("utf-8") for page in pages)


def test_a_report_that_fails_fails_its_job_with_the_reason_in_the_summary(clone: Path) -> None:
    runner = make_job(few_cells(clone, "1 / 0"), IOM)
    assert runner.failed == ["Make the reports"]
    assert "nl failed" in runner.summary
    assert "ZeroDivisionError" in runner.summary


def test_the_citation_file_is_one_by_its_schema_and_names_this_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format",
         ROOT / "CITATION.cff"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert said["version"] == scorelib.__version__
    assert said["license"] == "EUPL-1.2"


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "keepachangelog.com" in text
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", each) for each in versions[1:])
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
