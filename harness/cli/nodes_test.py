#!/usr/bin/env python3
"""What a preset can say of its nodes, on real processes."""
import base64
import json
import os
import pathlib
import signal
import urllib.parse

from temp_project import HEALTHY, ProgramTest, main, node, wait_until


class LogReadiness(ProgramTest):
    def setUp(self):
        super().setUp()
        # Prints what it is waited for only when it is told to.
        self.script = ("import os, sys, time\n"
                       "print('booting', flush=True)\n"
                       "while not os.path.exists(sys.argv[1]): time.sleep(0.005)\n"
                       "print('listening on 80', file=sys.stderr, flush=True)\n"
                       "time.sleep(60)\n")

    def talker(self, within, flag):
        return {"name": "main", "run": {"command": ["python3", "-c", self.script, str(flag)]},
                "ready": {"log": "^listening on \\d+$", "within": within}}

    def test_a_line_makes_a_node_ready(self):
        flag = self.project.path / "go"
        self.project.preset("talks", self.talker("30s", flag))
        process = self.project.start("deploy", "talks")
        self.assertTrue(wait_until(lambda: self.project.processes(r"booting|^python3 -c")))
        self.assertIsNone(process.poll())
        flag.touch()
        self.assertEqual(self.project.finish(process).code, 0)
        self.expect(0, "teardown")
        self.expect_clean()

    def test_a_line_of_an_earlier_start_counts_for_nothing(self):
        flag = self.project.path / "go"
        flag.touch()
        first = self.talker("1s", flag)
        second = self.talker("1s", self.project.path / "never")
        self.project.preset("talks", first, axes={"flag": {"go": {}, "never": {
            "topology": {"nodes": [{"name": "main", "run": second["run"]}]}}}})
        self.project.script("any", "talks", "true")
        ended = self.expect(3, "run")
        self.expect_verdicts({"any@talks,flag=go": "passed", "any@talks,flag=never": "blocked"})
        self.assertIn("log has no line that matches", ended.stdout)
        self.assertIn("the last one is 'booting'", ended.stdout)
        self.expect_clean()


class Replicas(ProgramTest):
    def setUp(self):
        super().setUp()
        main = node(*HEALTHY, replicas=2)
        self.project.preset("many", main, node(*HEALTHY, name="peer", services=["other"], environment={
            "ALL": "${main.addresses}", "SECOND": "${main.2.port.http}"}),
            axes={"size": {"two": {}, "three": {"topology": {"nodes": [{"name": "main", "replicas": 3}]}}}})
        self.project.suite("all", "many", base="http://${main.2.address}")

    def test_every_replica_is_started_asked_and_shown(self):
        environment = self.expect(0, "deploy", "many", "--json").json["environments"][0]
        main_node = environment["nodes"][0]
        replicas = main_node["replicas"]
        self.assertEqual([each["name"] for each in replicas], ["main", "main.2"])
        self.assertEqual(len({each["pid"] for each in replicas} |
                             {each["endpoints"]["http"] for each in replicas}), 4)
        self.assertEqual(main_node["endpoints"], replicas[0]["endpoints"])
        for each in replicas:
            self.assertTrue(os.path.exists(f"/proc/{each['pid']}"))
            self.assertIn(f"/{each['name']}.1", each["log"])
        self.assertRegex(self.expect(0, "status").stdout, r"main\.2 +ready +pid \d+ +http=127")
        self.expect(0, "teardown")
        self.expect_clean()

    def test_a_change_of_their_number_keeps_the_others(self):
        changes = self.expect(0, "plan", "--json").json["lanes"][0]["batches"][1]["changes"]
        actions = {each["node"]: each["action"] for each in changes}
        self.assertEqual(actions, {"main": "restart", "peer": "restart"})
        self.expect(0, "run")
        started = [event["node"] for event in self.project.report().of("node-starting")]
        self.assertEqual(started.count("main"), 1)
        self.assertEqual(started.count("main.3"), 1)
        self.expect_clean()


class Jobs(ProgramTest):
    def job(self, script, **more):
        return {"name": "migrate", "kind": "job", "run": {"command": ["sh", "-c", script]}, **more}

    def waiting(self):
        return node(*HEALTHY, depends_on={"migrate": "completed"})

    def test_a_job_completes_before_who_waits_for_it(self):
        self.project.preset("jobs", self.waiting(), self.job(f"sleep 0.2; echo > {self.project.path}/done"))
        self.project.script("sees", "jobs", f"test -e {self.project.path}/done")
        self.expect(0, "run")
        self.expect_clean()
        environment = self.expect(0, "deploy", "jobs", "--json").json["environments"][0]
        self.assertEqual({each["name"]: each["state"] for each in environment["nodes"]},
                         {"main": "ready", "migrate": "completed"})
        self.assertEqual(environment["state"], "ready")
        self.expect(0, "teardown")
        self.expect_clean()

    def test_a_job_that_fails_fails_the_deploy(self):
        self.project.preset("jobs", self.waiting(), self.job("echo no such table >&2; exit 3"))
        self.project.suite("hello", "jobs")
        ended = self.expect(3, "run")
        self.assertIn("node 'migrate' exited with code 3", ended.stdout)
        self.assertIn("no such table", ended.stdout)
        self.expect_verdicts({"hello@jobs": "blocked"})
        self.expect_clean()

    def test_a_job_that_hangs_is_ended(self):
        self.project.preset("jobs", self.waiting(), self.job("sleep 60", timeout="200ms"))
        self.project.suite("hello", "jobs")
        self.assertIn("node 'migrate' had not completed within 200 ms: it is still running", self.expect(3, "run").stdout)
        self.expect_clean()

    def test_what_a_job_leaves_running_goes(self):
        self.project.preset("jobs", self.waiting(), self.job("setsid sleep 60 & exit 0"))
        self.expect(0, "deploy", "jobs")
        self.assertEqual(self.project.processes(r"^sleep 60"), {})
        self.expect(0, "teardown")
        self.expect_clean()


class Seeds(ProgramTest):
    def seeded(self, *steps):
        preset = {"name": "seeded", "topology": {"nodes": [node(*HEALTHY)]}, "seed": steps}
        self.project.write("presets/seeded.yaml", json.dumps(preset))

    def step(self, name, script, **more):
        return {"name": name, "node": "main", "exec": ["sh", "-c", script, "sh"], **more}

    def test_steps_run_in_order_and_are_undone(self):
        log = self.project.path / "log"
        self.seeded(self.step("one", f"echo one >> {log}; exit 3", exit_codes=[0, 3],
                              undo={"exec": ["sh", "-c", f"echo undone >> {log}"]}),
                    {"name": "two", "node": "main", "http": {"GET /": [200, 409]}},
                    self.step("three", f"echo three $CTESTBED_NODE >> {log}"))
        self.project.script("sees", "seeded", f"grep -q three {log}")
        self.expect(0, "run")
        self.assertEqual(log.read_text(encoding="utf-8"), "one\nthree main\nundone\n")
        self.expect_clean()

    def test_a_step_that_fails_is_named(self):
        self.seeded(self.step("fill", "echo no such table >&2; exit 4"))
        self.project.suite("hello", "seeded")
        ended = self.expect(3, "run")
        self.assertIn("seed step 'fill': 'sh' exited with code 4, not 0", ended.stdout)
        self.assertIn("again: sh -c 'echo no such table >&2; exit 4' sh", ended.stdout)
        self.assertIn("last lines:", ended.stdout)
        self.expect_clean()

    def test_a_request_that_is_refused_is_named(self):
        self.seeded({"name": "admin", "node": "main", "http": {"POST /accounts": [201, 409]}, "body": "{}"})
        self.project.suite("hello", "seeded")
        ended = self.expect(3, "run")
        self.assertRegex(ended.stdout, r"seed step 'admin': POST /accounts answered 200, not 201 or 409")
        self.assertRegex(ended.stdout, r"again: curl -i -X POST -H 'Content-Type: application/json' .*http://127")
        self.expect_clean()


class Resets(ProgramTest):
    """A node that counts: what suites leave in it, the next one sees unless it wants it as new."""
    def setUp(self):
        super().setUp()
        self.resets = self.project.path / "resets"

    def counter(self, hook):
        self.project.preset("counts", {
            "name": "main", "services": ["web"], "run": {"command": ["sh", "-c", "echo 0 > count; sleep 60"]},
            "ready": {"exec": ["test", "-s", "count"], "within": "10s"}, "reset": hook},
            {"name": "other", "run": {"command": ["sleep", "60"]}})

    def adds(self, name, expected, **more):
        """A suite that passes when so many were before it."""
        text = (f"cd {self.project.state}/sessions/*/work/main && test $(cat count) = {expected} && "
                f"echo $(($(cat count) + 1)) > count")
        self.project.script(name, "counts", text, **more)

    def test_a_suite_that_wants_it_finds_all_as_new(self):
        self.counter({"exec": ["sh", "-c", f"echo $CTESTBED_NODE >> {self.resets}; echo 0 > count"]})
        self.adds("a", 0)
        self.adds("b", 1, after="a")
        self.adds("c", 0, after="b", isolation="reset")
        self.adds("d", 1, after="c", dirties=["main"])
        self.adds("e", 0, after="d")
        self.assertIn("resets 1, restarts 1 of 2 nodes", self.expect(0, "plan").stdout)
        self.expect(0, "run")
        self.assertEqual(self.resets.read_text(encoding="utf-8"), "main\nmain\n")
        report = self.project.report()
        self.assertEqual([event["node"] for event in report.of("node-reset")], ["main", "main"])
        self.assertEqual(sorted(event["node"] for event in report.of("node-ready")), ["main", "other", "other"])
        learned = self.expect(0, "history", "--json").json
        self.assertIn("reset", json.dumps(learned))
        self.expect_clean()

    def test_a_hook_that_fails_blocks_the_suite(self):
        self.counter({"exec": ["sh", "-c", "echo still busy; exit 7"]})
        self.adds("a", 0)
        self.adds("b", 0, after="a", isolation="reset")
        self.adds("c", 0, after="b")
        ended = self.expect(3, "run")
        self.expect_verdicts({"a@counts": "passed", "b@counts": "blocked", "c@counts": "passed"})
        self.assertIn("node 'main' could not be reset: 'sh' exited with code 7, not 0", ended.stdout)
        self.assertIn("still busy", ended.stdout)
        self.expect_clean()


class SecretsTest(ProgramTest):
    CANARY = "c4n4ry+with/odd=letters"

    def forms(self):
        raw = self.CANARY.encode()
        return [raw, urllib.parse.quote(self.CANARY, safe="").encode(), base64.b64encode(raw),
                base64.urlsafe_b64encode(raw), base64.b64encode(b"user:" + raw)]

    def expect_hidden(self, *texts):
        files = [path for path in self.project.state.rglob("*") if path.is_file()]
        found = [str(path) for path in files for form in self.forms() if form in path.read_bytes()]
        self.assertEqual(found, [])
        for text in texts:
            for form in self.forms():
                self.assertNotIn(form.decode(), text)

    def setUp(self):
        super().setUp()
        self.project.environment["DB_PASSWORD"] = self.CANARY
        tell = ("import os, base64, urllib.parse as u, sys, time\n"
                "s = os.environ['PASSWORD']\n"
                "print(s, u.quote(s, safe=''), base64.b64encode(s.encode()).decode(), flush=True)\n"
                "print(base64.b64encode(b'user:' + s.encode()).decode(), file=sys.stderr, flush=True)\n"
                "if len(sys.argv) > 1: sys.exit(int(sys.argv[1]))\n"
                "time.sleep(60)\n")
        self.tell = ["python3", "-c", tell]

    def preset(self, *more, ready="=="):
        main_node = {"name": "main", "run": {"command": [*self.tell, *more]},
                     "environment": {"PASSWORD": "${secret:db}"}, "ready": {"log": ready}}
        self.project.write("presets/one.yaml", json.dumps(
            {"name": "one", "secrets": {"db": {"env": "DB_PASSWORD"}, "made": {"generate": 32}},
             "topology": {"nodes": [main_node]}}))

    def test_it_reaches_nodes_and_suites_and_no_file_or_screen(self):
        self.preset()
        self.project.suite("tells", "one", tester="command", format="exit_code",
                           command=self.tell + ["1"], variables={"PASSWORD": "${secret:db}"})
        ended = self.expect(1, "run")
        self.expect_hidden(ended.stdout, ended.stderr)
        self.expect_clean()

    def test_it_is_hidden_where_a_live_environment_is_shown(self):
        self.preset()
        deployed = self.expect(0, "deploy", "one", "--json")
        shown = [self.expect(0, *words) for words in (["status"], ["status", "--json"], ["logs"])]
        self.assertIn("***", shown[-1].stdout)
        for ended in [deployed, *shown]:
            for form in self.forms():
                self.assertNotIn(form.decode(), ended.stdout + ended.stderr)
        self.expect(0, "teardown")
        self.expect_hidden()
        self.expect_clean()

    def test_it_is_hidden_in_what_fails(self):
        self.preset("3", ready="nothing that it says")
        self.project.script("any", "one", "true")
        ended = self.expect(3, "run")
        self.assertIn("***", ended.stdout)
        self.expect_hidden(ended.stdout, ended.stderr)
        self.expect_clean()

    def test_it_is_hidden_when_the_supervisor_is_killed(self):
        self.preset()
        live = self.expect(0, "deploy", "one", "--json").json["environments"][0]
        log = pathlib.Path(live["nodes"][0]["log"]) / "stdout.log"
        self.assertIn(self.CANARY, log.read_text(encoding="utf-8"))
        os.kill(live["owner"]["pid"], signal.SIGKILL)
        wait_until(lambda: not self.project.processes())
        self.expect(0, "status")
        self.expect_hidden()
        self.assertIn("removed: the supervisor was killed", log.read_text(encoding="utf-8"))
        self.expect_clean()

    def test_it_is_hidden_when_the_run_is_killed(self):
        self.preset()
        script = "echo $PASSWORD > kept; touch ../../begun; sleep 60"
        self.project.script("keeps", "one", script, variables={"PASSWORD": "${secret:db}"})
        process = self.project.start("run", "--out", self.project.path / "out")
        wait_until(lambda: (self.project.path / "out" / "begun").exists())
        process.kill()
        self.project.finish(process, seconds=10)
        wait_until(lambda: not self.project.processes())
        kept = list((self.project.path / "out").rglob("kept"))
        self.assertEqual([path.read_text(encoding="utf-8") for path in kept], ["***\n"])
        self.expect_hidden()
        self.expect_clean()

    def test_one_that_is_missing_is_located(self):
        self.preset()
        self.project.script("any", "one", "true")
        del self.project.environment["DB_PASSWORD"]
        ended = self.expect(2, "run")
        self.assertRegex(ended.complaint,
                         r"presets/one.yaml:1:\d+: error: environment variable 'DB_PASSWORD' is not set")


if __name__ == "__main__":
    main()
