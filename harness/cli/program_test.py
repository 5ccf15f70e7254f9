#!/usr/bin/env python3
"""Runs ctestbed as its users do, and looks at all that they can see.

usage: program_test.py --executable FILE --fixtures DIR [--cmake PROGRAM] [--ctest PROGRAM]
                       [-- UNITTEST-ARGUMENT...]
"""
import argparse
import collections
import json
import os
import pathlib
import pty
import random
import re
import signal
import subprocess
import sys
import time
import unittest
import urllib.request

from temp_project import HEALTHY, TempProject, node, wait_until

OPTIONS = argparse.Namespace()
SOURCE = pathlib.Path(__file__).resolve().parents[2]
KINDS = {"session-started", "run-planned", "environment-deploying", "node-starting", "node-ready",
         "node-stopped", "node-failed", "environment-ready", "environment-failed",
         "environment-removed", "run-started", "case-finished", "run-finished", "session-finished"}
CASE = '<testsuites><testsuite name="s"><testcase name="c"/></testsuite></testsuites>'


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.project = TempProject(OPTIONS)
        self.addCleanup(self.project.remove)

    def expect(self, code, *arguments):
        ended = self.project.ctestbed(*arguments)
        self.assertEqual(ended.code, code, ended)
        return ended

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


class Verdicts(ProgramTest):
    """Exit codes 0 and 1, and that nothing is green that should not be."""

    def setUp(self):
        super().setUp()
        self.project.preset("one", node(*HEALTHY))

    def test_passed(self):
        self.project.suite("good", "one", tests=[{"GET /": 200}, {"GET /x": 200}])
        self.project.script("skips", "one", "exit 77")
        ended = self.expect(0, "run")
        self.assertRegex(ended.stdout, r"^  passed  good@one  2 cases  \d+ m?s\n  skipped skips@one ")
        self.assertEqual(ended.stderr, "")
        self.assertNotIn("\x1b", ended.stdout)
        self.expect_verdicts({"good@one": "passed", "skips@one": "skipped"})
        self.expect_consistent(ended)
        self.expect_clean()

    def test_failed(self):
        self.project.suite("good", "one")
        self.project.suite("wrong", "one", tests=[{"GET /": 404}])
        ended = self.expect(1, "run")
        self.expect_verdicts({"good@one": "passed", "wrong@one": "failed"})
        self.assertIn("suites/wrong.yaml:1", ended.stdout)
        self.assertIn("again: ctestbed run --run wrong@one", ended.stdout)
        self.expect_consistent(ended)
        self.expect(1, "run", "--run", "wrong@one")
        self.expect(0, "run", "--suite", "g*")

    def test_nothing_is_green_by_accident(self):
        write = f"echo '{CASE}' >$CTESTBED_JUNIT"
        scripts = {"missing": ("true", "no result file"),
                   "empty": (": >$CTESTBED_JUNIT", "unusable"),
                   "torn": ("echo '<testsuites><testsuite name=\"s\"><testcase' >$CTESTBED_JUNIT",
                            "unusable"),
                   "no-cases": ("echo '<testsuites/>' >$CTESTBED_JUNIT", "no case"),
                   "unreadable": ("mkdir -p $CTESTBED_JUNIT", "unusable"),
                   "crashed": (write + "; kill -SEGV $$", "SIGSEGV"),
                   "code": (write + "; exit 3", "code 3"),
                   "slow": ("sleep 60", "no result after")}
        for name, (text, _) in scripts.items():
            more = {"timeout": "300ms"} if name == "slow" else {}
            self.project.script(name, "one", text, form="junit", **more)
        self.project.suite("not-there", "one", tester="command", command=["no-such-program"])
        scripts["not-there"] = ("", "no-such-program")
        ended = self.expect(1, "run")
        self.expect_verdicts({f"{name}@one": "error" for name in scripts})
        for event in self.project.report().of("run-finished"):
            self.assertIn(scripts[event["suite"]][1], event["message"])
        self.expect_consistent(ended)
        for name in scripts:
            if name != "slow":
                self.expect(1, "run", "--suite", name)

    def test_gtest(self):
        self.project.preset("realm", {
            "name": "main", "services": ["accounts", "auth"],
            "run": {"command": ["realm", "--http", "${port.http}"]}, "ports": {"http": 8080},
            "environment": {"ACCOUNTS_SERVICE_ENABLED": "true", "AUTH_SERVICE_ENABLED": "true"},
            "ready": {"http": "/health", "within": "10s"}})
        self.project.suite("gtest", "realm", tester="command", format="gtest",
                           command=["accounts_gtest"])
        ended = self.expect(0, "run")
        self.assertRegex(ended.stdout, r"passed  gtest@realm  [1-9]\d* cases")
        self.expect_consistent(ended)


class BadInput(ProgramTest):
    """Exit code 2, with nothing on stdout and the mistake on stderr."""

    def setUp(self):
        super().setUp()
        self.project.preset("one", node(*HEALTHY), axes={"color": {"red": {}, "blue": {}}})
        self.project.suite("good", "one")

    def expect_refused(self, *arguments, says):
        ended = self.expect(2, *arguments)
        self.assertEqual(ended.stdout, "")
        for text in says:
            self.assertIn(text, ended.stderr)
        return ended

    def test_command_line(self):
        self.expect_refused("rnu", says=["'rnu'", "did you mean 'run'"])
        self.expect_refused("run", "--sutie", "x", says=["--sutie", "did you mean '--suite'"])
        self.expect_refused("run", "--set", "color", says=["'color'", "AXIS=VALUE"])
        self.expect_refused("run", "--backend", "proces", says=["'proces'", "did you mean 'process'"])
        self.expect_refused("deploy", says=["preset"])
        self.expect_refused("deploy", "on", says=["'on'", "did you mean 'one'"])
        self.expect_refused("deploy", "one", "--set", "color=rde", says=["'rde'", "did you mean 'red'"])
        self.expect_refused("deploy", "one", "--set", "colr=red", says=["'colr'", "did you mean 'color'"])
        self.expect_refused("deploy", "one", "--ttl", "soon", says=["'soon'"])
        self.expect_refused("teardown", "abc", says=["'abc'"])
        self.expect_refused("logs", says=["no environment is live"])
        self.expect_clean()

    def test_selection_of_nothing(self):
        for arguments in (["--suite", "godo"], ["--preset", "none"], ["--run", "good@two"],
                          ["--set", "color=green"], ["--set", "shade=red"]):
            self.expect_refused("run", *arguments, says=[arguments[1].split("=")[-1].split("@")[-1]])
            self.expect_refused("plan", *arguments, says=["ctestbed: "])
        self.assertEqual(self.project.reports(), [])

    def test_files(self):
        self.expect_refused("run", "--presets", "nowhere", says=["no presets directory 'nowhere'"])
        self.expect_refused("plan", "--suites", "nowhere", says=["no suites directory 'nowhere'"])
        self.project.write("presets/broken.yaml", "name: broken\ntopology: {nods: []}\n")
        self.project.write("suites/typo.yaml", "suite: typo\ntester: htpp\nneeds: {preset: one}\n")
        for command in (["run"], ["plan"], ["validate"], ["deploy", "one"]):
            self.expect_refused(*command, says=["presets/broken.yaml:2:12: error: unknown key 'nods'",
                                                "suites/typo.yaml:2:9: error: unknown tester 'htpp'",
                                                "hint: did you mean 'http'?"])


class EnvironmentErrors(ProgramTest):
    """Exit code 3, and a first line that names the node and the cause."""

    CAUSES = {"crash": ["node 'main'", "exited with code 7"],
              "slow": ["node 'main'", "was not ready within 300 ms"],
              "hangs": ["node 'main'", "was not ready within 300 ms"],
              "missing": ["node 'main'", "program 'no-such-program' not found"]}

    def write_presets(self):
        soon = {"http": "/", "within": "300ms"}
        self.project.preset("crash", node("crash_at_start", "--code", "7"))
        self.project.preset("slow", node("slow_start", "--after", "60000", ready=soon))
        self.project.preset("hangs", node("hang", ready=soon))
        self.project.preset("missing", node("no-such-program"))

    def test_run(self):
        self.write_presets()
        self.project.preset("fine", node(*HEALTHY))
        self.project.suite("any", *self.CAUSES, "fine")
        ended = self.expect(3, "run")
        self.expect_verdicts({"any@fine": "passed"} | {f"any@{name}": "blocked" for name in self.CAUSES})
        report = self.project.report()
        summary = (report.path / "summary.md").read_text(encoding="utf-8")
        skipped = {case.get("classname"): case.find("skipped").get("message")
                   for case in report.junit().iter("testcase") if case.find("skipped") is not None}
        for name, causes in self.CAUSES.items():
            for text in causes:
                self.assertIn(text, skipped[f"any@{name}"])
                line = next(line for line in ended.stdout.splitlines() if f"deploy {name}:" in line)
                self.assertIn(text, line)
            self.assertIn(f"- any@{name}: {causes[0]}", summary)
        self.assertIn("unknown key 'databse'", ended.stdout)
        self.expect_consistent(ended)
        self.expect_clean()

    def test_deploy(self):
        self.write_presets()
        for name, causes in self.CAUSES.items():
            ended = self.expect(3, "deploy", name)
            for text in causes:
                self.assertIn(text, ended.complaint)
            self.expect_clean()

    def test_one_axis_value_is_broken(self):
        crash = node("crash_at_start", "--code", "4")["run"]
        self.project.preset("one", node(*HEALTHY), axes={"kind": {
            "good": {}, "bad": {"topology": {"nodes": [{"name": "main", "run": crash}]}}, "fine": {}}})
        self.project.suite("any", "one", matrix={"axes": {"kind": ["good", "bad", "fine"]}})
        self.expect_consistent(self.expect(3, "run"))
        self.expect_verdicts({"any@one,kind=good": "passed", "any@one,kind=fine": "passed",
                              "any@one,kind=bad": "blocked"})

    def test_node_crashes_under_a_suite(self):
        self.project.preset("fragile", node("crash_later", "--code", "9", name="glass"))
        self.project.suite("breaker", "fragile", tests=[{"GET /crash": 200}])
        self.project.suite("gentle", "fragile")
        ended = self.expect(3, "run")
        self.expect_verdicts({"breaker@fragile": "error", "gentle@fragile": "passed"})
        message = self.project.report().of("run-finished")[0]["message"]
        self.assertIn("node 'glass' exited with code 9", message)
        self.assertIn(message, ended.stdout)
        self.expect_consistent(ended)

    def test_node_crashes_by_itself_while_a_suite_waits(self):
        self.project.preset("fragile", node("crash_later", "--code", "9", "--after", "400"))
        self.project.script("waiter", "fragile", "sleep 60")
        start = time.monotonic()
        self.expect(3, "run")
        self.assertLess(time.monotonic() - start, 10)
        self.expect_verdicts({"waiter@fragile": "error"})
        self.expect_clean()

    def test_supervisor_is_killed(self):
        self.project.preset("one", node("ignore_term"))
        self.project.script("slow", "one", "sleep 60")
        process = self.project.start("run")
        self.assertTrue(wait_until(lambda: self.project.processes(r"^sleep 60")))
        os.kill(self.project.supervisors()[0], signal.SIGKILL)
        ended = self.project.finish(process, seconds=5)
        self.assertEqual(ended.code, 3, ended)
        self.assertIn("the supervisor of this session is gone", ended.complaint)
        swept = self.expect(0, "status")
        self.assertEqual(swept.stdout, "no environment is live\n")
        self.expect_clean(2)
        summary = (self.project.report().path / "summary.md").read_text(encoding="utf-8")
        self.assertTrue(summary.startswith("# ABORTED"), summary)
        self.assertIn("slow@one", summary)


class Unsupported(ProgramTest):
    def test_image_on_the_process_backend(self):
        self.project.preset("boxed", {"name": "main", "services": ["web"], "run": {"image": "realm:dev"},
                                      "ports": {"http": 8080}, "ready": {"http": "/", "within": "1s"}})
        self.project.suite("any", "boxed")
        for command in (["deploy", "boxed"], ["run"]):
            ended = self.expect(5, *command)
            self.assertIn("node 'main'", ended.stdout + ended.stderr)
            self.assertIn("image", ended.stdout + ended.stderr)
        self.expect_clean()


class Results(ProgramTest):
    def test_out(self):
        self.project.preset("one", node(*HEALTHY), axes={"color": {"red": {}, "blue": {}}})
        self.project.suite("good", "one", matrix={"axes": {"color": ["red", "blue"]}})
        self.expect(0, "run", "--out", "out/results")
        results = self.project.path / "out" / "results"
        first = json.loads((results / "events.ndjson").read_text(encoding="utf-8").splitlines()[0])
        self.assertEqual(first["out"], str(results))
        # Used again, it holds the last run alone.
        ended = self.expect(0, "run", "--out", results, "--set", "color=blue")
        self.assertIn(f"results: {results}", ended.stdout)
        junit = (results / "junit.xml").read_text(encoding="utf-8")
        self.assertNotIn("color=red", junit + (results / "summary.md").read_text(encoding="utf-8"))
        self.assertEqual([path.name for path in (results / "runs").iterdir()
                          if "red" in path.name], [])
        self.assertEqual(sorted(path.name for path in results.iterdir()),
                         ["events.ndjson", "junit.xml", "logs", "runs", "summary.md"])

    def test_latest_and_logs(self):
        self.project.preset("noisy", node("flood", "--rate", "1000"))
        self.project.suite("good", "noisy")
        paths = []
        for _ in range(2):
            self.expect(0, "run")
            paths.append(self.project.report().path)
        self.assertNotEqual(*paths)
        report = self.project.report()
        starting = report.of("node-starting")[0]
        self.assertIn("flood: line 0", (report.path / starting["log"] / "stdout.log").read_text("utf-8"))

    def test_interrupted(self):
        """What ran before the signal keeps its verdict."""
        self.project.preset("one", node("ignore_term"))
        self.project.suite("a-good", "one")
        self.project.script("b-slow", "one", "sleep 60")
        self.project.suite("c-late", "one")
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            process = self.project.start("run")
            self.assertTrue(wait_until(lambda: self.project.processes(r"^sleep 60")))
            process.send_signal(number)
            ended = self.project.finish(process, seconds=5)
            self.assertEqual(ended.code, code, ended)
            self.assertIn("aborted", ended.stdout)
            self.expect_consistent(ended)
            summary = (self.project.report().path / "summary.md").read_text(encoding="utf-8")
            self.assertTrue(summary.startswith("# ABORTED"), summary)
            self.assertIn("c-late@one: was not run", summary)
            self.assertEqual(self.project.report().verdicts["a-good@one"], "passed")
            self.expect_clean(2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--executable", required=True, type=os.path.abspath)
    parser.add_argument("--fixtures", required=True, type=os.path.abspath)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--ctest", default="ctest")
    parser.add_argument("rest", nargs="*")
    parser.parse_args(namespace=OPTIONS)
    unittest.main(argv=[sys.argv[0], *OPTIONS.rest])


if __name__ == "__main__":
    main()
