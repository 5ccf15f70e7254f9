"""A project in a directory of its own, and what tests expect of ctestbed in it.

Program tests are called with --executable FILE --fixtures DIR [--prefix DIR] [--cmake PROGRAM]
[--ctest PROGRAM] [-- UNITTEST-ARGUMENT...].
"""
import argparse
import collections
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "ctest" / "tests"))
from sample import Report, processes_about  # noqa: E402

OPTIONS = argparse.Namespace()
KINDS = {"session-started", "session-planned", "run-planned", "environment-deploying",
         "node-starting", "node-ready", "node-reset", "node-stopped", "node-failed", "environment-ready",
         "environment-failed", "environment-removing", "environment-removed", "run-started",
         "case-finished", "run-finished", "session-finished"}
HEALTHY = ("slow_start", "--after", "0")
URL = "${services.web.url}"


def node(*command, name="main", **more):
    """A node that hosts the service web; fixture programs take the port by --http."""
    return {"name": name, "services": ["web"], "run": {"command": [*command, "--http", "${port.http}"]},
            "ports": {"http": 8080}, "ready": {"http": "/", "within": "10s"}, **more}


def wait_until(condition, seconds=10.0):
    """The first true value of `condition`, or its last one when the time is over."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return value


def is_dead(pid):
    """Gone, or a zombie: it holds no lock any more."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"


def kill_all(pids):
    """Kills them, and returns when they are dead."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # another one's end took it along
    wait_until(lambda: all(map(is_dead, pids)))


class Ended:
    """A ctestbed that has ended."""

    def __init__(self, command, code, stdout, stderr):
        self.command, self.code, self.stdout = command, code, stdout
        # Every command clears up after all that died, in tests that run beside this one too.
        self.stderr = re.sub(r"^cleared up: process \d+\n", "", stderr, flags=re.MULTILINE)

    def __str__(self):
        return f"{self.command} ended with {self.code}\n{self.stdout}{self.stderr}"

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def complaint(self):
        return (self.stderr.splitlines() or [""])[0]


class TempProject:
    def __init__(self, options):
        self.options = options
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ctb-", dir="/tmp"))
        self.state = self.path / "state"
        for name in ("presets", "suites"):
            (self.path / name).mkdir()
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("CTEST_", "CTESTBED_", "GITHUB_", "DOCKER_", "CONTAINER_"))}
        self.environment["CTESTBED_STATE_DIR"] = str(self.state)
        self.history = self.path / "history" / "history.sqlite"
        self.environment["CTESTBED_HISTORY"] = str(self.history)

    def remove(self):
        """Ends what a failed test may have left, too."""
        kill_all(processes_about(self.path))
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name, text):
        (self.path / name).write_text(text, encoding="utf-8")

    def preset(self, name, *nodes, axes=None):
        # What JSON can say, YAML understands.
        preset = {"name": name, "topology": {"nodes": nodes}}
        self.write(f"presets/{name}.yaml", json.dumps(preset | ({"axes": axes} if axes else {})))

    def suite(self, name, *presets, tests=({"GET /": 200},), **more):
        suite = {"suite": name, "needs": {"preset": presets}, **more}
        if "tester" not in more:
            suite |= {"tester": "http", "base": URL, "tests": tests}
        self.write(f"suites/{name}.yaml", json.dumps(suite))

    def script(self, name, preset, text, form="exit_code", **more):
        """A suite that is a shell script."""
        self.suite(name, preset, tester="command", format=form, command=["sh", "-c", text], **more)

    def command(self, name, *arguments):
        takes_project = name in ("run", "deploy", "plan", "presets", "suites", "validate")
        path = ["--path", self.options.fixtures] if takes_project else []
        return [self.options.executable, name, *path, *map(str, arguments)]

    def start(self, *arguments):
        """ctestbed in the background; what it prints goes to stdout.txt and stderr.txt."""
        with open(self.path / "stdout.txt", "wb") as out, open(self.path / "stderr.txt", "wb") as err:
            return subprocess.Popen(self.command(*arguments), cwd=self.path, env=self.environment,
                                    stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def finish(self, process, seconds=30):
        """Waits for what start() started."""
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Ended(process.args, code, *((self.path / name).read_text(encoding="utf-8")
                                           for name in ("stdout.txt", "stderr.txt")))

    def ctestbed(self, *arguments):
        ended = subprocess.run(self.command(*arguments), cwd=self.path, env=self.environment,
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                               check=False)
        return Ended(ended.args, ended.returncode, ended.stdout, ended.stderr)

    def report(self):
        return Report(self.state / "runs" / "latest")

    def reports(self):
        return [Report(path) for path in (self.state / "runs").glob("*-*")
                if (path / "events.ndjson").exists()]

    def environments(self):
        return self.ctestbed("status", "--json").json["environments"]

    def processes(self, pattern=""):
        return {pid: words for pid, words in processes_about(self.path).items()
                if re.search(pattern, words)}

    def supervisors(self):
        return list(self.processes(r"^\S*ctestbed supervise"))

    def sessions(self):
        path = self.state / "sessions"
        return os.listdir(path) if path.exists() else []


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.project = TempProject(OPTIONS)
        self.addCleanup(self.project.remove)

    def expect(self, code, *arguments):
        ended = self.project.ctestbed(*arguments)
        self.assertEqual(ended.code, code, ended)
        return ended

    def expect_golden(self, text, path):
        """As ExpectGolden of testing/golden.h."""
        if os.environ.get("CTESTBED_UPDATE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8")
        self.assertEqual(text, path.read_text(encoding="utf-8"))

    def expect_verdicts(self, verdicts):
        self.assertEqual(self.project.report().verdicts, verdicts)

    def expect_clean(self, seconds=0.0, about=""):
        """No process, and no session, of this project is there."""
        wait_until(lambda: not self.project.processes() and not self.project.sessions(), seconds)
        self.assertEqual(self.project.processes(), {}, about)
        self.assertEqual(self.project.sessions(), [], about)

    def expect_consistent(self, ended):
        """All reports of the newest run count alike."""
        report = self.project.report()
        self.assertEqual([event["seq"] for event in report.events],
                         list(range(1, len(report.events) + 1)))
        self.assertLessEqual({event["kind"] for event in report.events}, KINDS)
        self.assertEqual(report.events[-1]["kind"], "session-finished")
        headline = (report.path / "summary.md").read_text(encoding="utf-8").splitlines()[0]
        console = ended.stdout.splitlines()
        self.assertEqual(console[-1], f"results: {report.path}")
        self.assertEqual("# " + console[-2].upper(), headline.upper())
        root = report.junit()
        totals = collections.Counter()
        for suite in root:
            counts = {"tests": len(suite.findall("testcase")),
                      "failures": len(suite.findall("testcase/failure")),
                      "errors": len(suite.findall("testcase/error")),
                      "skipped": len(suite.findall("testcase/skipped"))}
            self.assertEqual({name: int(suite.get(name)) for name in counts}, counts)
            totals.update(counts)
        self.assertEqual({name: int(root.get(name)) for name in totals}, totals)
        passed, cases = re.search(r"; (\d+) of (\d+) cases? passed", console[-2]).groups()
        of_runs = [suite for suite in root if "@" in suite.get("name")]
        self.assertEqual(sum(int(suite.get("tests")) for suite in of_runs), int(cases))
        bad = sum(int(suite.get(name)) for suite in of_runs
                  for name in ("failures", "errors", "skipped"))
        self.assertEqual(int(cases) - bad, int(passed))
        page = report.page()
        self.assertTrue(console[-2].startswith(page["outcome"] + ": "), page["outcome"])
        self.assertEqual(page["counts"]["cases"]["all"], int(cases))
        self.assertEqual(page["counts"]["cases"]["passed"], int(passed))
        runs = {run["name"]: run["verdict"] for run in page["runs"]}
        self.assertEqual(runs | report.verdicts, runs)
        self.assertEqual(page["counts"], report.counted())


LARGE_AXES = {"size": ("s", "m", "l"), "mode": ("a", "b", "c", "d", "e"),
              "store": ("memory", "disk", "net")}


def make_large(project, suites, ready_after_ms=0, seconds=0.0):
    """A preset of 45 environments of four nodes each, and so many suites that want one of them each
    and take so long; the number of environments. Suites that follow each other want nodes that differ."""
    def change(name, value):
        return {"topology": {"nodes": [{"name": name, "environment": {name.upper(): value}}]}}

    starts = ("slow_start", "--after", str(ready_after_ms))
    project.preset("large", *(node(*starts, name=name, services=[name]) for name in (*LARGE_AXES, "front")),
                   axes={name: {value: change(name, value) for value in values}
                         for name, values in LARGE_AXES.items()})
    cells = [dict(zip(LARGE_AXES, values)) for values in itertools.product(*LARGE_AXES.values())]
    for number in range(suites):
        project.suite(f"t{number:03}", "large", tester="command", format="exit_code", command=["sleep", str(seconds)],
                      matrix={"axes": cells[number * 7 % len(cells)]})
    return len(cells)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--executable", required=True, type=os.path.abspath)
    parser.add_argument("--fixtures", required=True, type=os.path.abspath)
    parser.add_argument("--prefix", type=os.path.abspath)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--ctest", default="ctest")
    parser.add_argument("rest", nargs="*")
    parser.parse_args(namespace=OPTIONS)
    unittest.main(argv=[sys.argv[0], *OPTIONS.rest])

