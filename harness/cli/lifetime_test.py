#!/usr/bin/env python3
"""What is alive because of ctestbed, and that nothing of it stays."""
import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.request

from temp_project import ProgramTest, kill_all, main, node, wait_until
from sample import held_ports, held_sessions, listening, moments


class Deployments(ProgramTest):
    def setUp(self):
        super().setUp()
        self.project.preset("one", node("flood", "--rate", "1000"))
        self.project.preset("stubborn", node("ignore_term", name="deaf", stop={"grace": "100ms"}),
                            node("fork_session", name="parent", services=["other"]))

    def deploy(self, *arguments):
        return self.expect(0, "deploy", *arguments, "--json").json["environments"][0]

    def answers(self, environment):
        def answers(address):
            try:
                with urllib.request.urlopen(f"http://{address}/", timeout=2) as answer:
                    return answer.status == 200
            except OSError:
                return False

        return [answers(address) for each in environment["nodes"]
                for address in each["endpoints"].values()]

    def test_two_at_once(self):
        first, second = self.deploy("one"), self.deploy("one")
        self.assertEqual(self.answers(first) + self.answers(second), [True, True])
        self.assertEqual({each["id"] for each in self.project.environments()},
                         {first["id"], second["id"]})
        ended = self.expect(2, "teardown")
        self.assertIn(first["id"], ended.stderr)
        self.expect(0, "teardown", first["id"])
        self.assertEqual(self.answers(first) + self.answers(second), [False, True])
        logs = self.expect(0, "logs", "--node", "main", "--tail", "3").stdout.splitlines()
        self.assertEqual(len(logs), 3)
        self.assertRegex(logs[0], r"^main stdout \| flood: line \d+")
        self.assertIn("did you mean 'main'", self.expect(2, "logs", "--node", "mian").stderr)
        self.expect(0, "teardown", "--all")
        self.expect_clean()
        self.assertEqual(self.answers(second), [False])

    def test_teardown_of_what_will_not_go(self):
        environment = self.deploy("stubborn")
        self.assertEqual(self.answers(environment), [True, True])
        self.assertGreaterEqual(len(self.project.processes(r"^fork_session")), 3)
        self.expect(0, "teardown", environment["id"])
        self.expect_clean()
        self.assertEqual(self.answers(environment), [False, False])

    def test_env(self):
        self.assertIn("no environment is live", self.expect(2, "env").stderr)
        environment = self.deploy("one")
        address = environment["nodes"][0]["endpoints"]["http"]
        variables = self.expect(0, "env", "--json").json["variables"]
        self.assertEqual(variables["CTESTBED_SERVICE_WEB_URL"], f"http://{address}")
        self.assertEqual(variables["CTESTBED_NODE_MAIN_HTTP_ADDRESS"], address)
        self.assertEqual(variables["CTESTBED_ENVIRONMENT"], environment["id"])
        sourced = subprocess.run(
            ["sh", "-c", 'eval "$("$@")" && env', "sh", *self.project.command("env")], check=True,
            env=self.project.environment, capture_output=True, text=True).stdout.splitlines()
        self.assertIn(f"CTESTBED_SERVICE_WEB_URL=http://{address}", sourced)
        dotenv = self.expect(0, "env", environment["id"], "--format", "dotenv").stdout
        self.assertIn(f'CTESTBED_SERVICE_WEB_ADDRESS="{address}"\n', dotenv)
        self.assertEqual(len(dotenv.splitlines()), len(variables))
        self.expect(2, "env", "--format", "xml")

    def test_time_to_live(self):
        environment = self.deploy("stubborn", "--ttl", "1s")
        self.assertEqual(self.answers(environment), [True, True])
        self.expect_clean(4)
        self.assertEqual(self.project.environments(), [])
        events = self.project.reports()[0].events
        self.assertIn("time to live of 1 s is over", events[-1]["message"])

    def test_clean_takes_the_dead_and_leaves_the_living(self):
        bystander, dead = self.deploy("one"), self.deploy("stubborn")
        alive = set(self.project.processes())
        kill_all([dead["owner"]["pid"]])
        would = self.expect(0, "clean", "--dry-run").stdout
        self.assertIn("would remove session ", would)
        self.assertEqual(len(self.project.sessions()), 2)
        self.assertIn("removed session ", self.expect(0, "clean").stdout)
        self.assertEqual(len(self.project.sessions()), 1)
        self.assertTrue(set(self.project.processes()) < alive)
        self.assertEqual(self.project.processes(r"ignore_term|fork_session"), {})
        self.assertEqual(self.answers(dead) + self.answers(bystander), [False, False, True])
        self.assertNotIn("session", self.expect(0, "clean").stdout)
        self.expect(0, "teardown")
        self.expect_clean()

    def test_clean_takes_what_was_half_made_or_half_removed(self):
        self.deploy("one")
        journal = next((self.project.state / "sessions").glob("*/journal"))
        record = json.loads(journal.read_text(encoding="utf-8").splitlines()[0].partition(" ")[2])
        machine = ":".join(record["action"].split(":")[:2])
        self.expect(0, "teardown")
        with open("/proc/self/stat", encoding="ascii") as stat:
            start = stat.read().rpartition(")")[2].split()[19]
        living, dead = (f".new-{machine}:{os.getpid()}:{since}-0123" for since in (start, 1))
        for name in (living, dead, ".gone-0123/work"):
            (self.project.state / "sessions" / name).mkdir(parents=True)
        self.expect(0, "clean")
        self.assertEqual(self.project.sessions(), [living])

    def test_supervisor_and_shims_killed_together(self):
        dead = self.deploy("stubborn")
        kill_all([dead["owner"]["pid"], *self.project.processes(r"ctestbed-shim")])
        ended = self.expect(0, "status")
        self.assertEqual(ended.stdout, "no environment is live\n")
        self.assertIn("cleared up: session", ended.stderr)
        self.expect_clean()
        self.assertEqual(self.answers(dead), [False, False])

    def test_time_to_live_is_over_before_it_is_up(self):
        self.project.preset("hangs", node("hang", ready={"http": "/", "within": "60s"}))
        start = time.monotonic()
        ended = self.expect(3, "deploy", "hangs", "--ttl", "500ms")
        self.assertLess(time.monotonic() - start, 5)
        self.assertIn("the session is ending", ended.complaint)
        self.expect_clean(2)

    def test_deploy_is_killed(self):
        """Nobody knows of an environment whose deploy did not come to its end."""
        self.project.preset("hangs", node("hang", ready={"http": "/", "within": "60s"}))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            process = self.project.start("deploy", "hangs")
            self.assertTrue(wait_until(lambda: self.project.processes(r"^hang ")))
            process.send_signal(number)
            self.assertNotEqual(self.project.finish(process, seconds=5).code, 0)
            self.expect_clean(3, f"signal {number}")


class Kills(ProgramTest):
    def setUp(self):
        super().setUp()
        quick = {"grace": "100ms"}
        self.project.preset("tough", node("ignore_term", name="deaf", stop=quick),
                            node("fork_session", name="parent", services=["other"], stop=quick),
                            node("slow_start", "--after", "200", name="late", services=["third"]))
        self.project.suite("a-good", "tough")
        self.project.script("b-slow", "tough", "sleep 0.3")
        self.project.suite("c-late", "tough")

    def expect_nothing_left(self, about):
        """At once no process, listener or lease; no state after the next command."""
        wait_until(lambda: not self.project.processes() and not held_sessions(self.project.state))
        self.assertEqual(self.project.processes(), {}, about)
        self.assertEqual(held_ports(self.project.state), [], about)
        self.assertEqual(listening(self.project.reports(), self.project.path), [], about)
        # A session whose supervisor never came to be, or was killed, is swept by the next command.
        if self.project.sessions():
            self.assertEqual(self.expect(0, "status").stdout, "no environment is live\n", about)
        self.expect_clean(about=about)

    def expect_reports(self):
        for report in self.project.reports():
            summary = (report.path / "summary.md").read_text(encoding="utf-8")
            self.assertRegex(summary, "^# (ABORTED|PASSED)")
            self.assertTrue((report.path / "junit.xml").exists())

    def test_run_is_killed_at_any_moment(self):
        for number, delay in moments(1.2):
            process = self.project.start("run")
            time.sleep(delay)
            process.send_signal(number)
            ended = self.project.finish(process, seconds=5)
            about = f"signal {number} after {delay:.3f} s: {ended}"
            self.assertIn(ended.code, (0, 128 + number, -number), about)
            self.expect_nothing_left(about)
        self.expect_reports()

    def test_supervisor_is_killed_at_any_moment(self):
        for number, delay in moments(0.8):
            process = self.project.start("run")
            wait_until(lambda: self.project.supervisors() or process.poll() is not None)
            time.sleep(delay)
            for pid in self.project.supervisors():
                os.kill(pid, number)
            ended = self.project.finish(process, seconds=10)
            about = f"supervisor, signal {number} after {delay:.3f} s: {ended}"
            self.assertIn(ended.code, (0, 3), about)
            self.expect_nothing_left(about)
        self.expect_reports()

    def test_both_are_killed_at_any_moment(self):
        for number, delay in moments(1.2):
            process = self.project.start("run")
            time.sleep(delay)
            pids = [process.pid, *self.project.supervisors()]
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            ended = self.project.finish(process, seconds=10)
            self.expect_nothing_left(f"both, signal {number} after {delay:.3f} s: {ended}")
        self.expect_reports()


if __name__ == "__main__":
    main()
