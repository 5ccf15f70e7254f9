#!/usr/bin/env python3
"""Runs ctestbed as its users do, and looks at all that they can see."""
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import time
import unittest

from temp_project import HEALTHY, OPTIONS, ProgramTest, kill_all, main, node, wait_until

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CASE = '<testsuites><testsuite name="s"><testcase name="c"/></testsuite></testsuites>'


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

    def expect_lost(self, kill, *, says):
        """A run whose supervisor is ended by `kill` fails at once, and is cleared up."""
        self.project.preset("one", node("ignore_term"))
        self.project.script("slow", "one", "sleep 60")
        process = self.project.start("run")
        self.assertTrue(wait_until(lambda: self.project.processes(r"^sleep 60")))
        kill()
        ended = self.project.finish(process, seconds=5)
        self.assertEqual(ended.code, 3, ended)
        self.assertIn("the supervisor of this session is gone", ended.complaint)
        self.expect_clean(2)
        self.assertEqual(self.expect(0, "status").stdout, "no environment is live\n")
        summary = (self.project.report().path / "summary.md").read_text(encoding="utf-8")
        self.assertTrue(summary.startswith("# ABORTED"), summary)
        self.assertIn(says, summary)
        self.assertIn("slow@one", summary)

    def test_supervisor_is_killed(self):
        self.expect_lost(lambda: kill_all(self.project.supervisors()),
                         says="Aborted: the session did not finish")

    def test_supervisor_is_told_to_end(self):
        self.expect_lost(lambda: os.kill(self.project.supervisors()[0], signal.SIGTERM),
                         says="Aborted: the supervisor was told to end by signal 15")

    def test_supervisor_and_shims_are_killed_together(self):
        def kill():
            shims = self.project.processes(r"^\S*ctestbed-shim .*/logs/")
            kill_all(self.project.supervisors() + list(shims))

        self.expect_lost(kill, says="Aborted: the session did not finish")


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


class Backends(ProgramTest):
    def test_a_backend_without_its_shim_is_unavailable(self):
        self.project.preset("one", node(*HEALTHY))
        self.project.suite("good", "one")
        lonely = shutil.copy(self.project.options.executable, self.project.path)
        ended = subprocess.run([lonely, "run"], cwd=self.project.path, capture_output=True,
                               env=self.project.environment, text=True, check=False)
        self.assertEqual(ended.returncode, 4, ended)
        self.assertIn("cannot execute", ended.stderr)
        self.assertIn("ctestbed-shim", ended.stderr)

    def test_auto_takes_what_can_deploy_all_presets(self):
        def preset(**more):
            nodes = [{"name": "main", "run": {"command": ["sleep", "60"]}}]
            self.project.write("presets/one.yaml",
                               json.dumps({"name": "one", "topology": {"nodes": nodes}} | more))

        def chosen(*options):
            self.expect(0, "run", *options)
            return self.project.report().of("session-started")[0]["backend"]
        preset()
        self.project.script("good", "one", "true")
        self.assertEqual(chosen("--backend", "auto"), "process")
        self.project.environment["CTESTBED_BACKEND"] = "fake"
        self.assertEqual(chosen(), "fake")
        preset(backends=["process"])  # counts more
        self.assertEqual(chosen(), "process")
        preset(backends=["nowhere"])
        self.assertIn("unknown backend 'nowhere'", self.expect(2, "run").complaint)
        ended = self.expect(4, "run", "--backend", "auto")
        self.assertIn("no backend can deploy all presets here: ", ended.complaint)
        self.assertIn("process: preset 'one' can be deployed on nowhere alone", ended.complaint)

    def test_what_cannot_be_removed_is_named(self):
        self.project.preset("stays", {"name": "main", "run": {"command": ["stuck"]}})
        self.project.script("good", "stays", "exit 0")
        ended = self.expect(6, "run", "--backend", "fake")
        self.assertIn("left behind: 'main' cannot be removed", ended.stderr)
        self.expect_verdicts({"good@stays": "passed"})
        junit = (self.project.report().path / "junit.xml").read_text(encoding="utf-8")
        self.assertIn("cannot be removed", junit)


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
                         ["events.ndjson", "junit.xml", "logs", "report.html", "runs", "summary.md",
                          "trace.json"])

    def test_github_actions(self):
        self.project.preset("one", node(*HEALTHY))
        self.project.suite("wrong", "one", tests=[{"GET /": 418}])
        self.project.write("step.md", "# before\n")
        self.project.environment |= {"GITHUB_ACTIONS": "true",
                                     "GITHUB_STEP_SUMMARY": str(self.project.path / "step.md")}
        ended = self.expect(1, "run")
        self.assertRegex(ended.stdout.splitlines()[-1],
                         r"^::error file=suites/wrong.yaml,line=1,title=wrong@one%3A GET /::"
                         r".*status is 200, wanted 418$")
        self.assertEqual((self.project.path / "step.md").read_text(encoding="utf-8"), "# before\n" +
                         (self.project.report().path / "summary.md").read_text(encoding="utf-8") + "\n")

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


class Json(ProgramTest):
    """The machine-readable output of design is fixed, field by field."""

    def setUp(self):
        super().setUp()
        self.project.preset("one", node(*HEALTHY), axes={"color": {
            "red": {"environment": {"COLOR": "red"}}, "blue": {"environment": {"COLOR": "blue"}}}})
        self.project.suite("good", "one", tests=[{"GET /": 200}, {"GET /x": 200}],
                           matrix={"axes": {"color": ["red", "blue"]}})

    def expect_fields(self, value, *names):
        self.assertEqual(set(value), set(names))

    def expect_json(self, *arguments):
        ended = self.expect(0, *arguments, "--json")
        self.assertEqual(ended.stderr, "")
        value = ended.json
        self.assertEqual(ended.stdout, json.dumps(value, indent=2, sort_keys=True,
                                                  ensure_ascii=False) + "\n")
        self.assertEqual(value.pop("schema"), 1)
        return value

    def test_presets_and_suites(self):
        self.project.write("presets/odd.yaml", "name: odd\ntopology: {nods: []}\n")
        self.project.write("suites/typo.yaml", "suite: typo\ntester: htpp\nneeds: {preset: one}\n")
        odd, one = self.expect_json("presets")["presets"]
        self.expect_fields(one, "name", "file", "description", "axes", "valid", "errors")
        self.assertEqual((one["name"], one["file"], one["axes"], one["valid"], one["errors"]),
                         ("one", "presets/one.yaml", {"color": ["red", "blue"]}, True, []))
        self.assertEqual((odd["name"], odd["valid"]), ("odd", False))
        good, typo = self.expect_json("suites")["suites"]
        self.expect_fields(good, "name", "file", "tester", "presets", "cases", "valid", "errors",
                           "description")
        self.assertEqual((good["tester"], good["presets"], good["valid"]), ("http", ["one"], True))
        self.assertEqual(good["cases"], [{"name": "GET /", "line": 1}, {"name": "GET /x", "line": 1}])
        self.assertFalse(typo["valid"])
        for broken in (odd["errors"], typo["errors"]):
            self.expect_fields(broken[0], "file", "line", "column", "message", "hint")
        self.assertEqual((typo["errors"][0]["line"], typo["errors"][0]["column"]), (2, 9))

    def test_plan(self):
        plan = self.expect_json("plan")
        self.expect_fields(plan, "lanes", "cost", "node_starts", "runs", "coverage", "makespan_s",
                           "method")
        self.expect_fields(plan["cost"], "planned_s", "naive_s", "lower_bound_s")
        self.expect_fields(plan["node_starts"], "planned", "naive")
        self.assertEqual(plan["runs"], 2)
        batches = plan["lanes"][0]["batches"]
        self.assertEqual([batch["cell"] for batch in batches], [{"color": "red"}, {"color": "blue"}])
        for batch in batches:
            self.expect_fields(batch, "preset", "cell", "environment", "runs", "changes", "cost_s")
            self.assertEqual(batch["runs"], [{"suite": "good", "cell": batch["cell"]}])
            for change in batch["changes"]:
                self.expect_fields(change, "node", "action", "why")
                self.assertIn(change["action"], ("start", "stop", "restart", "update", "keep"))
        self.assertFalse((self.project.state / "runs").exists())

    def test_backends_and_validate(self):
        backends = self.expect_json("backends")["backends"]
        for backend in backends:
            self.expect_fields(backend, "name", "available", "version", "reason", "priority",
                               "capabilities")
        self.assertIn("process", [each["name"] for each in backends if each["available"]])
        self.assertEqual(self.expect_json("validate"), {"valid": True, "presets": 1, "suites": 1})

    def test_status(self):
        self.assertEqual(self.expect_json("status"), {"environments": []})
        deployed = self.expect_json("deploy", "one", "--set", "color=blue")["environments"]
        self.assertEqual(self.expect_json("status")["environments"], deployed)
        environment = deployed[0]
        self.expect_fields(environment, "id", "preset", "cell", "backend", "state", "version", "since",
                           "owner", "nodes")
        self.assertEqual({name: environment[name] for name in ("preset", "cell", "backend", "state")},
                         {"preset": "one", "cell": {"color": "blue"}, "backend": "process",
                          "state": "ready"})
        self.assertRegex(environment["since"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertEqual([environment["owner"]["pid"]], self.project.supervisors())
        main = environment["nodes"][0]
        self.assertLessEqual({"name", "state", "pid", "restarts", "endpoints", "services"}, set(main))
        self.assertEqual((main["name"], main["state"], main["restarts"], main["services"]),
                         ("main", "ready", 0, ["web"]))
        self.assertIn(main["pid"], self.project.processes(r"^slow_start"))
        self.assertRegex(main["endpoints"]["http"], r"^127\.0\.0\.1:\d+$")
        self.expect(0, "teardown")

    def test_errors(self):
        def errors(*arguments):
            ended = self.expect(2, *arguments, "--json")
            self.assertEqual(ended.stdout, "")
            value = json.loads(ended.stderr)
            self.expect_fields(value, "errors")
            return value["errors"]

        self.assertIn("'nowhere'", errors("presets", "--presets", "nowhere")[0]["message"])
        self.assertIn("'two'", errors("deploy", "two")[0]["message"])
        self.assertIn("godo", errors("plan", "--suite", "godo")[0]["message"])
        self.project.write("presets/odd.yaml", "name: odd\ntopology: {nods: [], nodse: []}\n")
        for command in (["validate"], ["plan"], ["deploy", "one"]):
            found = errors(*command)
            self.assertGreaterEqual(len(found), 2)
            self.expect_fields(found[0], "file", "line", "column", "message", "hint")
            self.assertEqual((found[0]["file"], found[0]["line"]), ("presets/odd.yaml", 2))
        self.assertEqual(self.project.processes(), {})


class Terminal(ProgramTest):
    def test_help(self):
        commands = re.findall(r"^  (\w+) ", self.expect(0, "--help").stdout, re.MULTILINE)
        self.assertIn("run", commands)
        self.assertNotIn("supervise", commands)
        for command in commands:
            text = self.expect(0, command, "--help").stdout
            self.assertRegex(text, rf"Examples:\n(.*\n)*?.*ctestbed {command}")
        self.assertRegex(self.expect(0, "--version").stdout, r"^ctestbed \d+\.\d+\.\d+\n$")

    def test_progress(self):
        self.project.preset("one", node(*HEALTHY))
        self.project.suite("good", "one")
        parent, child = pty.openpty()
        with subprocess.Popen(self.project.command("run"), cwd=self.project.path,
                              env=self.project.environment, stdin=subprocess.DEVNULL, stdout=child,
                              stderr=child) as process:
            os.close(child)
            shown = b""
            try:
                while data := os.read(parent, 4096):
                    shown += data
            except OSError:
                pass  # how the end of a pty reads
            os.close(parent)
        self.assertEqual(process.returncode, 0, shown)
        text = shown.decode()
        self.assertIn("[0/1] deploying one", text)
        self.assertIn("[0/1] good@one", text)
        self.assertIn("\r\x1b[K", text)
        self.assertNotIn("passed  good@one", text)
        self.assertIn("passed: 1 passed of 1 run", text)


class Shells(ProgramTest):
    """What shells and man are told, from the same tables as --help."""

    def setUp(self):
        super().setUp()
        self.project.preset("one", node(*HEALTHY), axes={"color": {"red": {}, "blue": {}}})
        self.project.suite("good", "one")

    def completed(self, line):
        """What a real bash offers at the end of `line`."""
        script = ('source <("$0" completion bash); COMP_LINE="$0 $1"; COMP_POINT=${#COMP_LINE}; '
                  '_ctestbed; printf "%s\\n" "${COMPREPLY[@]}"')
        ended = subprocess.run(["bash", "-c", script, OPTIONS.executable, line], text=True,
                               cwd=self.project.path, env=self.project.environment, check=True,
                               stdout=subprocess.PIPE, timeout=30)
        return ended.stdout.split()

    def test_completion(self):
        self.assertEqual(self.completed("ru"), ["run"])
        self.assertNotIn("supervise", self.completed(""))
        self.assertEqual(self.completed("run --sui"), ["--suite", "--suites"])
        self.assertEqual(self.completed("run --suite "), ["good"])
        self.assertEqual(self.completed("deploy o"), ["one"])
        self.assertEqual(self.completed("run --set color=r"), ["red"])
        self.assertEqual(self.completed("completion z"), ["zsh"])
        self.assertEqual(self.completed("history --suites suites i"), ["import"])
        self.assertEqual(self.completed("history import "), [])
        self.assertEqual(self.completed("nonsense "), [])

    def test_manual(self):
        page = self.expect(0, "man").stdout
        names = re.findall(r"^  (\w+) ", self.expect(0, "--help").stdout, re.MULTILINE)
        self.assertEqual(re.findall(r"^\.SS ctestbed (\w+)$", page, re.MULTILINE), names)
        self.assertIn("\n.B \\-\\-suite TEXT\n", page)
        formatted = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, text=True,
                                   capture_output=True, timeout=30, check=True)
        self.assertEqual(formatted.stderr, "")


class Readme(ProgramTest):
    def test_example(self):
        """What the README says works, word by word."""
        example = self.project.path / "example"
        subprocess.run([SOURCE / "ci" / "readme_example", example], check=True,
                       stdout=subprocess.DEVNULL)
        written = [*example.rglob("*.yaml"), example / "CMakeLists.txt"]
        self.assertLessEqual(sum(len(path.read_text(encoding="utf-8").splitlines())
                                 for path in written), 15)
        build = example / "build"

        def call(*command):
            return subprocess.run(list(map(str, command)), env=self.project.environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90,
                                  check=False)

        configured = call(OPTIONS.cmake, "-S", example, "-B", build, "-G", "Ninja",
                          f"-DCMAKE_PREFIX_PATH={OPTIONS.prefix}")
        self.assertEqual(configured.returncode, 0, configured.stdout)
        ran = call(OPTIONS.ctest, "--test-dir", build)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertIn("shop@shop", ran.stdout)
        self.assertTrue((build / "ctestbed-report" / "latest" / "junit.xml").exists())
        suite = example / "suites" / "shop.yaml"
        suite.write_text(suite.read_text(encoding="utf-8").replace("200", "404"), encoding="utf-8")
        ran = call(OPTIONS.ctest, "--test-dir", build, "--output-on-failure")
        self.assertEqual(ran.returncode, 8, ran.stdout)
        self.assertIn("suites/shop.yaml:6", ran.stdout)
        self.expect_clean()


if __name__ == "__main__":
    main()
