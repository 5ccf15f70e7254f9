#!/usr/bin/env python3
"""Runs the sample project by real ctest calls and looks at what came of them.

usage: ctest_layer_test.py --fixtures DIR --prefix DIR [--source DIR --executable FILE]
                           [--cmake PROGRAM] [--ctest PROGRAM] [-- UNITTEST-ARGUMENT...]
"""
import argparse
import collections
import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from sample import Ctest, Report, Sample, held_ports, moments

OPTIONS = argparse.Namespace()
ALL_RUNS = {"hello@web,color=red", "hello@web,color=blue", "hello@solo",
            "more@web,color=red", "more@web,color=blue"}
ENVIRONMENTS = ["solo", "web,color=blue", "web,color=red"]

FLAKY = """
suite: flaky
tester: command
needs: {preset: solo}
format: exit_code
command: [mkdir, ../first-attempt-failed]
"""
SLOW = """
suite: slow
tester: command
needs: {preset: [web, solo]}
format: exit_code
command: [sleep, '60']
"""
WRONG = """
suite: %s
tester: http
needs: {preset: solo}
base: ${services.web.url}
tests:
  - name: the answer is right
    GET /: 404
"""
TELLS_A_SECRET = """
suite: secret
tester: http
needs: {preset: solo}
base: ${services.web.url}
tests:
  - name: the answer is right
    GET /?token=${secret:token}: 404
"""
EDITOR = """
suite: editor
tester: command
needs: {preset: solo}
format: exit_code
command: [sed, -i, s/404/200/, FILE]
"""
CRASH = """
name: crash
topology:
  nodes:
    - name: broken
      services: [web]
      run: {command: [crash_at_start, --code, '7']}
      ports: {http: 8080}
      ready: {http: /, within: 10s}
"""
CLIENT_SUITE = """
suite: client
tester: command
needs: {preset: solo}
format: gtest
command: [client_test]
"""
CLIENT_TEST = """
#include <ctestbed/client/gtest.h>
#include <ctestbed/client/http.h>
#include <ctestbed/client/web_socket.h>

using ctestbed::client::EnvironmentTest;

TEST_F(EnvironmentTest, Answers) {
  EXPECT_EQ(ctestbed::client::Send({"GET", environment().Url("web") + "/"}).status, 200);
}

TEST_F(EnvironmentTest, RefusesAWebSocket) {
  EXPECT_THROW(ctestbed::client::WebSocket(environment().WebSocketUrl("web")),
               ctestbed::client::Error);
}
"""
CLIENT_CMAKE = """
find_package(GTest REQUIRED)
add_executable(client_test client_test.cpp)
target_link_libraries(client_test CTestbed::client GTest::gtest_main)
target_compile_features(client_test PRIVATE cxx_std_17)
set_target_properties(client_test PROPERTIES CXX_EXTENSIONS OFF)
ctestbed_discover_suites(PREFIX built. TARGETS slow_start client_test)
"""
BREAKS = """
name: breaks
topology:
  nodes:
    - name: fragile
      services: [web]
      run: {command: [crash_later, --http, '${port.http}', --code, '9']}
      ports: {http: 8080}
      ready: {http: /, within: 10s}
"""


class CtestLayer(unittest.TestCase):
    def setUp(self):
        self.sample = Sample(OPTIONS)
        self.addCleanup(self.sample.remove)

    def expect_clean(self):
        """Nothing that this sample started is alive, and nothing of a session is left."""
        self.assertEqual(self.sample.processes(), {})
        self.assertEqual(self.sample.sessions(), [])

    def expect_one_deploy_each(self, report):
        self.assertEqual(sorted(report.deploys), ENVIRONMENTS)
        self.assertEqual(report.most_nodes_alive, 1)

    def expect_all_passed(self, run):
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual(set(run.runs), ALL_RUNS)
        self.assertEqual(set(run.results.values()), {"Passed"})


class Plain(CtestLayer):
    def test_serial(self):
        self.sample.configure()
        run = self.sample.ctest()
        self.expect_all_passed(run)
        report = self.sample.report()
        self.expect_one_deploy_each(report)
        self.expect_clean()
        # In the order of the plan, a batch at a time.
        names = [name for name in run.results if "ctestbed." in name]
        self.assertEqual(names[0], "ctestbed.session")
        self.assertEqual([name.split(".")[1] for name in names[1:-1]], ["up", "down"] * 3)
        self.assertEqual(names[-1], "ctestbed.report")
        # All reports count alike.
        self.assertEqual(report.verdicts, dict.fromkeys(ALL_RUNS, "passed"))
        self.assertEqual(report.junit_cases(), {"passed": 8})
        self.assertIn("5 passed", (report.path / "summary.md").read_text(encoding="utf-8"))
        self.assertEqual(report.of("session-finished")[0].get("message", ""), "")

    def test_all_reports_agree(self):
        """CTest, junit.xml, summary.md and report.html, on a pass, a failure, a skip, an error, a block."""
        self.sample.write("presets/crash.yaml", CRASH)
        self.sample.write("suites/wrong.yaml", WRONG.replace("solo", "[solo, crash]") % "wrong")
        self.sample.write("suites/unready.yaml", (WRONG % "unready").replace("404", "404\n    skip: later"))
        self.sample.write("suites/killed.yaml", FLAKY.replace(
            "mkdir, ../first-attempt-failed", "sh, -c, 'kill -KILL $$'").replace("flaky", "killed"))
        self.sample.configure()
        run = self.sample.ctest()
        report = self.sample.report()
        told = {"Passed": ["passed"], "Failed": ["failed", "error"], "Skipped": ["skipped"],
                "Not Run": ["blocked"]}
        self.assertEqual(set(run.runs), set(report.verdicts))
        for name, verdict in report.verdicts.items():
            self.assertIn(verdict, told[run.runs[name]], name)
        self.assertEqual(set(report.verdicts.values()), {"passed", "failed", "error", "skipped", "blocked"})
        page = report.page()
        self.assertEqual({of["name"]: of["verdict"] for of in page["runs"]}, report.verdicts)
        self.assertEqual(page["counts"], report.counted())
        cases = page["counts"]["cases"]
        self.assertEqual(report.junit_cases(), {"passed": cases["passed"], "failure": cases["failed"],
                                                "error": cases["errors"],
                                                "skipped": cases["skipped"] + cases["blocked"]})
        runs, of_all = page["counts"]["runs"], sum(page["counts"]["runs"].values()) // 2
        headline = (report.path / "summary.md").read_text(encoding="utf-8").splitlines()[0]
        self.assertTrue(headline.upper().startswith(f"# {page['outcome']}: ".upper()), headline)
        for part in (f"{runs['passed']} passed", f"{runs['failed']} failed", f"{runs['blocked']} blocked",
                     f"{runs['skipped']} skipped", f"of {of_all} runs",
                     f"{cases['passed']} of {cases['all']} cases passed"):
            self.assertIn(part, headline)

    def test_parallel(self):
        self.sample.configure()
        for arguments in (["-j4"], ["--parallel", "3"], ["-j", "2", "--schedule-random"]):
            run = self.sample.ctest(*arguments)
            self.expect_all_passed(run)
            self.assertEqual(self.sample.report().most_nodes_alive, 1)
            if "--schedule-random" not in arguments:
                self.expect_one_deploy_each(self.sample.report())
        self.assertEqual(len(self.sample.reports()), 3)
        self.expect_clean()

    def test_parallel_level_of_the_environment(self):
        self.sample.configure()
        self.sample.environment["CTEST_PARALLEL_LEVEL"] = "3"
        self.expect_all_passed(self.sample.ctest())
        self.expect_one_deploy_each(self.sample.report())

    def test_dashboard_script(self):
        """It hides from us that tests run in parallel, and which."""
        self.sample.configure()
        self.sample.write("dashboard.cmake", f"""
            set(CTEST_SOURCE_DIRECTORY {self.sample.path}/source)
            set(CTEST_BINARY_DIRECTORY {self.sample.build})
            ctest_start(Experimental)
            ctest_test(PARALLEL_LEVEL 3)
            """)
        run = self.sample.ctest("-V", "-S", self.sample.path / "source" / "dashboard.cmake")
        self.expect_all_passed(run)
        planned = {event["run"] for event in self.sample.report().of("run-planned")}
        self.assertEqual(planned, ALL_RUNS)
        self.expect_one_deploy_each(self.sample.report())

    def test_history(self):
        """The report learns once what the session took, however often it is repeated."""
        self.sample.configure()
        self.expect_all_passed(self.sample.ctest("--repeat", "until-fail:2"))
        events = self.sample.report().of("run-finished") + self.sample.report().of("node-ready")
        with contextlib.closing(sqlite3.connect(self.sample.history)) as database:
            known = database.execute("SELECT variant, count(*) FROM subject JOIN sample ON subject = id "
                                     "WHERE project = 'source' AND measure != 'stop' "
                                     "GROUP BY variant").fetchall()
        self.assertEqual(dict(known), collections.Counter(event.get("digest") or event["run"]
                                                          for event in events))

    def test_report_path_is_the_last_line(self):
        self.sample.configure()
        run = self.sample.ctest("-V", "-R", "hello@solo")
        number = re.search(r"Start +(\d+): ctestbed.report", run.output)[1]
        lines = re.findall(rf"^{number}: (.*)$", run.output, re.MULTILINE)
        self.assertEqual(lines[-1], str(self.sample.report().path))
        self.assertIn("passed: 1 passed of 1 run", lines[-2])


class Filters(CtestLayer):
    def setUp(self):
        super().setUp()
        self.sample.configure()

    def expect(self, arguments, runs, deploys):
        run = self.sample.ctest(*arguments)
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual(set(run.runs), set(runs))
        self.assertEqual(sorted(self.sample.report().deploys), deploys)
        planned = {event["run"] for event in self.sample.report().of("run-planned")}
        self.assertEqual(planned, set(runs))
        return run

    def test_by_name(self):
        run = self.expect(["-R", "^hello@solo$"], ["hello@solo"], ["solo"])
        self.assertEqual([name.partition("-")[0][:11] for name in run.results],
                         ["ctestbed.se", "ctestbed.up", "hello@solo", "ctestbed.do", "ctestbed.re"])
        self.expect(["-R", "@solo|color=red", "-j4"],
                    ["hello@solo", "hello@web,color=red", "more@web,color=red"],
                    ["solo", "web,color=red"])

    def test_by_label(self):
        blue = ["hello@web,color=blue", "more@web,color=blue"]
        self.expect(["-L", "^color=blue$"], blue, ["web,color=blue"])
        self.expect(["-L", "suite:more", "-L", "color=blue"], blue[1:], ["web,color=blue"])
        self.expect(["-LE", "preset:web"], ["hello@solo"], ["solo"])
        run = self.sample.ctest("-LE", "system")
        self.assertEqual(list(run.results), ["first", "last"])

    def test_excluding_costs_no_deploy(self):
        run = self.expect(["-E", "@web"], ["hello@solo"], ["solo"])
        self.assertEqual(len([name for name in run.results if ".up." in name]), 3)

    def test_fixtures_alone(self):
        """What a single step leaves is taken away when ctest ends."""
        run = self.sample.ctest("-R", r"ctestbed\.up\.B01", "-FC", ".*")
        self.assertEqual(run.code, 0, run.output)
        deadline = time.monotonic() + 2
        while self.sample.processes() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.expect_clean()
        self.assertIn("ended before", self.sample.report().of("session-finished")[0]["message"])

    def test_without_setup(self):
        run = self.sample.ctest("-R", "hello@solo", "-FS", r"ctestbed\.B")
        self.assertEqual(run.code, 0, run.output)
        self.assertFalse([name for name in run.results if ".up." in name])
        self.assertEqual(self.sample.report().deploys, ["solo"])


class Failures(CtestLayer):
    def test_rerun_failed_finds_the_test_by_its_old_number(self):
        self.sample.write("suites/wrong.yaml", WRONG % "wrong")
        self.sample.configure()
        run = self.sample.ctest()
        self.assertEqual(run.code, 8)
        self.assertEqual([name for name, result in run.runs.items() if result != "Passed"],
                         ["wrong@solo"])
        self.assertIn("the answer is right", run.output)
        # Number by number, everything shifts.
        self.sample.write("suites/early.yaml", (WRONG % "early").replace("404", "200"))
        self.sample.ctest("-N")
        self.assertEqual(self.sample.ctest("-R", "^hello@solo$").code, 0)
        for _ in range(2):
            run = self.sample.ctest("--rerun-failed")
            self.assertEqual(run.runs, {"wrong@solo": "Failed"})
            self.assertEqual(self.sample.report().deploys, ["solo"])
        self.sample.edit("suites/wrong.yaml", "404", "200")
        self.assertEqual(self.sample.ctest("--rerun-failed").runs, {"wrong@solo": "Passed"})
        self.assertIn("early@solo", self.sample.ctest().runs)

    def test_rerun_failed_after_the_topology_was_mended(self):
        self.sample.write("suites/wrong.yaml", WRONG % "wrong")
        self.sample.configure()
        self.assertEqual(self.sample.ctest().code, 8)
        self.sample.edit("suites/wrong.yaml", "404", "200")
        self.sample.edit("presets/solo.yaml", "ports:", "environment: {NEW: value}\n      ports:")
        run = self.sample.ctest("--rerun-failed")
        self.assertEqual(run.runs, {"wrong@solo": "Passed"}, run.output)
        self.assertEqual(self.sample.report().deploys, ["solo"])

    def test_an_edit_while_ctest_runs_waits_for_the_next(self):
        self.sample.write("suites/wrong.yaml",
                          (WRONG % "wrong").replace("tester:", "after: [editor]\ntester:"))
        self.sample.write("suites/editor.yaml",
                          EDITOR.replace("FILE", str(self.sample.path / "source/suites/wrong.yaml")))
        self.sample.configure()
        run = self.sample.ctest("-R", "editor@|wrong@")
        self.assertEqual(run.runs, {"editor@solo": "Passed", "wrong@solo": "Failed"}, run.output)
        self.assertEqual(self.sample.ctest("-R", "wrong@").runs, {"wrong@solo": "Passed"})

    def test_repeat_until_pass(self):
        self.sample.write("suites/flaky.yaml", FLAKY.replace(
            "mkdir, ../first-attempt-failed",
            "sh, -c, 'mkdir ../first-attempt 2>/dev/null && exit 1 || exit 0'"))
        self.sample.configure()
        run = self.sample.ctest("--repeat", "until-pass:2", "-R", "flaky")
        self.assertEqual(run.code, 0, run.output)
        report = self.sample.report()
        self.assertEqual(report.deploys, ["solo"])
        self.assertEqual([event["verdict"] for event in report.of("run-finished")],
                         ["failed", "passed"])
        self.assertIn("flaky", (report.path / "junit.xml").read_text(encoding="utf-8"))

    def test_repeat_until_fail(self):
        """Every step bears being done twice."""
        self.sample.configure()
        run = self.sample.ctest("--repeat", "until-fail:2", "-R", "hello@solo")
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual(self.sample.report().deploys, ["solo"])

    def test_environment_cannot_be_had(self):
        self.sample.write("presets/crash.yaml", CRASH)
        self.sample.write("presets/twin.yaml", "name: twin\nextends: crash\n")  # shares its environment
        self.sample.write("suites/wants-crash.yaml",
                          WRONG.replace("solo", "[crash, twin, solo]") % "picky")
        self.sample.edit("suites/wants-crash.yaml", "404", "200")
        self.sample.configure()
        for arguments in ([], ["-j3"]):
            run = self.sample.ctest(*arguments)
            self.assertEqual(run.code, 8)
            up = next(name for name in run.results if name.endswith("-crash"))
            self.assertEqual(run.results[up], "Failed")
            first = re.search(r"^ctestbed: .*$", run.output, re.MULTILINE)[0]
            self.assertIn("node 'broken'", first)
            self.assertIn("code 7", first)
            self.assertIn("unknown key 'databse'", run.output)
            self.assertEqual({name for name, result in run.runs.items() if result == "Not Run"},
                             {"picky@crash", "picky@twin"})
            self.assertEqual({name for name, result in run.runs.items() if result == "Passed"},
                             ALL_RUNS | {"picky@solo"})
            report = self.sample.report()
            self.assertEqual(report.junit_cases(), {"passed": 9, "skipped": 2})
            self.assertEqual(report.junit_cases(of_environments=True)["error"], 1)
        # A run that is tried all the same says what it was that failed.
        run = self.sample.ctest("-R", "picky@crash", "-FS", r"ctestbed\.B")
        self.assertEqual(run.results["picky@crash"], "Failed")
        self.assertIn("code 7", run.output)
        self.expect_clean()

    def test_environment_breaks_under_a_run(self):
        self.sample.write("presets/breaks.yaml", BREAKS)
        self.sample.write("suites/breaker.yaml",
                          (WRONG.replace("solo", "breaks") % "breaker").replace("GET /:", "GET /crash:"))
        self.sample.write("suites/gentle.yaml",
                          (WRONG.replace("solo", "breaks") % "gentle").replace("404", "200"))
        self.sample.configure()
        run = self.sample.ctest("-L", "preset:breaks")
        self.assertEqual(run.runs, {"breaker@breaks": "Failed", "gentle@breaks": "Passed"})
        self.assertIn("error: breaker@breaks: node 'fragile' exited with code 9", run.output)
        self.assertEqual(self.sample.report().deploys, ["breaks", "breaks"])

    def test_broken_files(self):
        self.sample.write("suites/typo.yaml", "suite: typo\ntester: htpp\nneeds: {preset: solo}\n")
        self.sample.write("presets/odd.yaml", "name: odd\ntopology: {nods: []}\n")
        self.sample.write("suites/on-odd.yaml", (WRONG.replace("solo", "[odd, solo]") % "on-odd"))
        self.sample.edit("suites/on-odd.yaml", "404", "200")
        self.sample.configure()
        run = self.sample.ctest()
        self.assertEqual(run.code, 8)
        failed = {name for name, result in run.results.items() if result != "Passed"}
        self.assertEqual(failed, {"typo.discovery", "odd.discovery"})
        self.assertEqual(set(run.runs), ALL_RUNS | {"on-odd@solo"})
        self.assertIn("suites/typo.yaml:2:9: error: unknown tester 'htpp'", run.output)
        self.assertIn("presets/odd.yaml:2:12: error:", run.output)
        self.assertEqual(self.sample.report().junit_cases()["error"], 2)
        # What was mended passes at once, under the numbers of before.
        self.sample.delete("suites/typo.yaml")
        self.sample.delete("presets/odd.yaml")
        self.sample.edit("suites/on-odd.yaml", "[odd, solo]", "solo")
        run = self.sample.ctest("--rerun-failed")
        self.assertEqual(run.results["typo.discovery"], "Passed")
        self.assertEqual(self.sample.ctest().code, 0)

    def test_nothing_can_be_listed(self):
        self.sample.configure(f"-DCTESTBED_EXECUTABLE={self.sample.path}/no-such-program")
        run = self.sample.ctest("-L", "system")
        self.assertEqual((run.code, run.results), (8, {"ctestbed.discovery": "Not Run"}))
        self.assertIn("no-such-program", run.output)
        self.sample.configure("-DCTESTBED_EXECUTABLE=", "-DDISCOVER_ARGUMENTS=SUITES;nowhere")
        run = self.sample.ctest()
        self.assertEqual(run.code, 8)
        self.assertEqual(run.results, {"first": "Passed", "ctestbed.discovery": "Failed", "last": "Passed"})
        self.assertIn("no suites directory", run.output)

    def test_secrets_are_hidden(self):
        """Where they show: in what ctest prints and keeps, and in the reports."""
        self.sample.environment["TOKEN"] = "canary-of-the-sample"
        self.sample.edit("presets/solo.yaml", "topology:", "secrets: {token: {env: TOKEN}}\ntopology:")
        self.sample.write("suites/secret.yaml", TELLS_A_SECRET)
        self.sample.configure()
        run = self.sample.ctest("-R", r"secret@")
        self.assertEqual(run.code, 8, run.output)
        self.assertIn("token=***", run.output)
        page = self.sample.report().path / "report.html"
        self.assertIn("token=***", page.read_text(encoding="utf-8"))
        kept = [path for path in self.sample.path.rglob("*") if path.is_file()
                and b"canary-of" in path.read_bytes()]
        self.assertEqual(kept, [])
        self.expect_clean()

    def test_ctest_times_out(self):
        self.sample.write("suites/slow.yaml", SLOW)
        self.sample.edit("suites/slow.yaml", "command: [sl", "timeout: 500ms\ncommand: [sl")
        self.sample.configure()
        run = self.sample.ctest("-R", "slow@solo")
        self.assertEqual(run.runs, {"slow@solo": "Failed"})
        self.assertIn("no result after", run.output)
        self.expect_clean()


class Projects(CtestLayer):
    def test_add_subdirectory(self):
        if not OPTIONS.source:
            self.skipTest("--source is not given")
        self.sample.configure(f"-DCTESTBED_SOURCE={OPTIONS.source}",
                              f"-DCTESTBED_EXECUTABLE={OPTIONS.executable}")
        run = self.sample.ctest()
        self.expect_all_passed(run)
        self.expect_one_deploy_each(self.sample.report())

    def test_client_library(self):
        """A test program that links what is installed, in a project that has no Boost."""
        self.sample.edit("CMakeLists.txt", "project(sample NONE)", "project(sample CXX)")
        self.sample.edit("CMakeLists.txt", "add_test(NAME last", CLIENT_CMAKE + "add_test(NAME last")
        self.sample.write("client_test.cpp", CLIENT_TEST)
        self.sample.write("suites/client.yaml", CLIENT_SUITE)
        self.sample.configure("-DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON")
        subprocess.run([OPTIONS.cmake, "--build", self.sample.build], check=True,
                       stdout=subprocess.DEVNULL)
        run = self.sample.ctest("-R", r"^built\.client@")
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual(self.sample.report().junit_cases()["passed"], 2)
        alone = subprocess.run([self.sample.build / "client_test"], env=self.sample.environment,
                               capture_output=True, text=True, check=False)
        self.assertEqual(alone.returncode, 1)
        self.assertIn("there is no live environment: run this program by ctestbed", alone.stdout)

    def test_multi_config(self):
        self.sample.configure(generator="Ninja Multi-Config")
        self.expect_all_passed(self.sample.ctest("-C", "Debug"))
        run = self.sample.ctest()
        self.assertEqual(run.code, 8)
        self.assertEqual(run.results["ctestbed.discovery"], "Not Run")

    def test_two_calls(self):
        self.sample.edit("CMakeLists.txt", "add_test(NAME last",
                         "ctestbed_discover_suites(PREFIX it. TARGETS slow_start)\nadd_test(NAME last")
        self.sample.configure()
        run = self.sample.ctest()
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual(set(run.runs), ALL_RUNS | {"it." + name for name in ALL_RUNS})
        self.assertEqual([sorted(Report(path).deploys) for path in self.sample.reports()],
                         [ENVIRONMENTS] * 2)
        self.expect_clean()
        with self.assertRaises(subprocess.CalledProcessError):
            self.sample.configure("-DDISCOVER_ARGUMENTS=PREFIX;it.")


class Kills(CtestLayer):
    def kill_at(self, number, delay):
        process = self.sample.start("-j2")
        time.sleep(delay)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        process.wait(timeout=10)
        deadline = time.monotonic() + 2
        while self.sample.processes() and time.monotonic() < deadline:
            time.sleep(0.02)
        about = f"signal {number} after {delay:.3f} s"
        self.assertEqual(self.sample.processes(), {}, about)
        self.assertEqual(held_ports(self.sample.state), [], about)

    def expect_aborted(self):
        for path in self.sample.reports():
            if not (path / "events.ndjson").exists():
                continue  # killed before its supervisor was there
            self.assertIn("ended before it was finished", (path / "summary.md").read_text(encoding="utf-8"))
            for name in ("junit.xml", "report.html"):
                self.assertTrue((path / name).exists(), name)

    def test_signals(self):
        self.sample.write("suites/slow.yaml", SLOW)
        self.sample.configure()
        for number, delay in moments(1.5):
            self.kill_at(number, delay)
            # Who dies before the supervisor has begun leaves an empty session to the next one.
            for left in self.sample.sessions():
                self.assertFalse((left / "journal").exists())
        self.expect_aborted()
        self.assertEqual(self.sample.ctest("-R", "hello@solo").code, 0)
        self.expect_clean()

    def test_supervisor_dies(self):
        self.sample.write("suites/slow.yaml", SLOW)
        self.sample.configure()
        process = self.sample.start("-R", "@solo")
        self.wait_for_run("slow@solo")
        for pid, words in self.sample.processes().items():
            if "ctestbed supervise " in words:
                os.kill(pid, signal.SIGKILL)
        self.assertEqual(process.wait(timeout=10), 8)
        run = Ctest(8, (self.sample.path / "output.txt").read_text(encoding="utf-8"))
        self.assertEqual(run.results["slow@solo"], "Failed")
        self.assertEqual(run.results["ctestbed.report"], "Failed")
        self.assertIn("the supervisor of this ctest run has died", run.output)
        self.assertEqual(self.sample.processes(), {})
        # The next ctest clears up, and reports what was left unreported.
        path = self.sample.report().path
        self.assertEqual(self.sample.ctest("-R", "hello@solo").code, 0)
        self.expect_clean()
        for name in ("junit.xml", "report.html"):
            self.assertTrue((path / name).exists(), name)

    def wait_for_run(self, name):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                if name in [event["run"] for event in self.sample.report().of("run-started")]:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        self.fail(f"{name} does not start")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fixtures", required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--source")
    parser.add_argument("--executable")
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--ctest", default="ctest")
    parser.add_argument("rest", nargs="*")
    parser.parse_args(namespace=OPTIONS)
    unittest.main(argv=[sys.argv[0], *OPTIONS.rest])


if __name__ == "__main__":
    main()
