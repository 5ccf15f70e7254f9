#!/usr/bin/env python3
"""Several environments of one session, alive at once."""
import json
import os
import pathlib
import signal

from temp_project import HEALTHY, ProgramTest, kill_all, main, node, wait_until
from sample import held_ports, held_sessions

# Passes when both of two suites run at the same time.
MEET = "touch '{0}/{1}'; for i in $(seq 200); do [ -e '{0}/{2}' ] && exit 0; sleep 0.05; done; exit 1"


class LanesTest(ProgramTest):
    def setUp(self):
        super().setUp()
        for name in ("one", "two"):
            self.project.preset(name, self.node(name))

    @staticmethod
    def node(preset, **more):
        """Presets that are alike would share an environment."""
        return node(*HEALTHY, environment={"PRESET": preset}, **more)

    def meet(self, *presets, **more):
        """Two suites that pass only side by side."""
        for own, other, preset in (("a", "b", presets[0]), ("b", "a", presets[-1])):
            self.project.script(own, preset, MEET.format(self.project.path, own, other), **more)

    def edit_preset(self, name, **more):
        preset = json.loads((self.project.path / f"presets/{name}.yaml").read_text(encoding="utf-8"))
        self.project.write(f"presets/{name}.yaml", json.dumps(preset | more))

    def add_secrets(self):
        for name in ("one", "two"):
            self.project.environment[f"TOKEN_{name}"] = f"token of {name}"
            self.edit_preset(name, secrets={"token": {"env": f"TOKEN_{name}"}})

    def expect_no_secrets(self):
        told = [path for path in self.project.state.rglob("*")
                if path.is_file() and b"token of" in path.read_bytes()]
        self.assertEqual(told, [])

    def started(self):
        return self.project.reports()[0].of("run-started") if self.project.reports() else []

    def start_slow(self):
        """A run that has reached the middle of a suite in each of two lanes."""
        self.project.script("a", "one", "sleep 30")
        self.project.script("b", "two", "sleep 30")
        process = self.project.start("run", "--lanes", "2")
        self.assertTrue(wait_until(lambda: len(self.started()) == 2))
        return process

    def expect_nothing_left(self):
        wait_until(lambda: not self.project.processes() and not held_sessions(self.project.state))
        self.assertEqual(self.project.processes(), {})
        self.assertEqual(held_ports(self.project.state), [])
        self.assertEqual(self.expect(0, "status").stdout, "no environment is live\n")
        self.expect_clean()


class Lanes(LanesTest):
    def test_two_environments_at_once(self):
        self.meet("one", "two")
        ended = self.expect(0, "run", "--lanes", "2")
        self.expect_verdicts({"a@one": "passed", "b@two": "passed"})
        self.expect_consistent(ended)
        self.expect_clean()
        report = self.project.report()
        self.assertEqual(report.most_nodes_alive, 2)
        for kind in ("environment-ready", "run-started", "environment-removed"):
            self.assertEqual(len({event["environment"] for event in report.of(kind)}), 2, kind)
        where = {event["environment"]: event["preset"] for event in report.of("environment-ready")}
        self.assertEqual([where[event["environment"]] for event in report.of("run-started")],
                         [event["preset"] for event in report.of("run-started")])
        logs = {event["log"] for event in report.of("node-starting")}
        self.assertEqual(logs, {"logs/main.1", "logs/lane-2/main.1"})
        for log in logs:
            self.assertTrue((report.path / log / "stdout.log").exists(), log)

    def test_one_at_a_time_without_lanes(self):
        for name, preset in (("a", "one"), ("b", "two")):
            self.project.suite(name, preset)
        self.expect(0, "run")
        self.assertEqual(self.project.report().most_nodes_alive, 1)

    def test_one_configuration_twice(self):
        self.meet("one", isolation="fresh")
        self.expect_consistent(self.expect(0, "run", "--lanes", "2"))
        page = (self.project.report().path / "report.html").read_text(encoding="utf-8")
        self.assertIn("one #2", page)

    def test_status_lists_both(self):
        process = self.start_slow()
        environments = self.project.environments()
        self.assertEqual([(each["preset"], each["state"]) for each in environments],
                         [("one", "ready"), ("two", "ready")])
        self.assertEqual(len({each["id"] for each in environments}), 2)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.project.finish(process).code, 143)
        self.expect_nothing_left()

    def test_more_lanes_than_batches(self):
        self.project.suite("a", "one")
        self.expect(0, "run", "--lanes", "64")
        plan = self.expect(0, "plan", "--lanes", "64", "--json").json
        self.assertEqual(len(plan["lanes"]), 1)

    def test_bad_numbers(self):
        self.project.suite("a", "one")
        for lanes in ("0", "65", "-1", "two"):
            self.expect(2, "run", "--lanes", lanes)

    def test_a_fixed_port_cannot_be_had_twice(self):
        for name in ("one", "two"):
            self.project.preset(name, self.node(name, ports={"http": {"number": 8080, "host": 18080}}))
            self.project.suite(f"on-{name}", name)
        self.expect(0, "plan")
        self.assertIn("has the fixed port 18080", self.expect(2, "run", "--lanes", "2").complaint)

    def test_one_lane_fails_alone(self):
        self.project.preset("bad", node("crash_at_start", "--code", "7"))
        self.project.suite("a", "bad")
        self.project.suite("b", "two")
        self.expect_consistent(self.expect(3, "run", "--lanes", "2"))
        self.expect_verdicts({"a@bad": "blocked", "b@two": "passed"})

    def test_what_breaks_in_one_lane_leaves_the_other(self):
        self.project.preset("fragile", node("crash_later", "--code", "9"))
        self.project.suite("a", "fragile", tests=[{"GET /crash": 200}])
        self.project.script("b", "two", "sleep 1")
        self.expect(3, "run", "--lanes", "2")
        self.expect_verdicts({"a@fragile": "error", "b@two": "passed"})

    def test_secrets_of_one_name(self):
        self.add_secrets()
        for own, other, preset in (("a", "b", "one"), ("b", "a", "two")):
            self.project.script(own, preset, f"test '${{secret:token}}' = 'token of {preset}' && "
                                + MEET.format(self.project.path, own, other))
        self.expect(0, "run", "--lanes", "2")
        self.expect_no_secrets()

    def test_prepare_steps_run_once(self):
        count = self.project.path / "count"
        for name in ("one", "two"):
            self.edit_preset(name, prepare=[["sh", "-c", f"echo >> {count}; sleep 0.3"]])
        self.meet("one", "two")
        self.expect(0, "run", "--lanes", "2")
        self.assertEqual(count.read_text(encoding="utf-8"), "\n")


class Order(LanesTest):
    def expect_order(self, earlier, later):
        seq = {(event["kind"], event["run"]): event["seq"] for event in self.project.report().events
               if "run" in event}
        self.assertLess(seq["run-finished", earlier], seq["run-started", later])

    def test_after_holds_whatever_the_lanes(self):
        self.project.script("first", "one", "sleep 1")
        self.project.suite("second", "two", after=["first"])
        self.project.suite("free", "one", environment={"OTHER": "1"})
        self.expect_consistent(self.expect(0, "run", "--lanes", "2"))
        self.expect_order("first@one", "second@two")
        self.assertEqual(self.project.report().most_nodes_alive, 2)

    def test_after_what_is_blocked_or_skipped(self):
        self.project.preset("bad", node("crash_at_start", "--code", "7"))
        self.project.suite("first", "bad")
        self.project.suite("lacking", "one", requires="no-such-program")
        self.project.suite("second", "two", after=["first", "lacking"])
        self.expect(3, "run", "--lanes", "3")
        self.expect_verdicts({"first@bad": "blocked", "lacking@one": "skipped",
                              "second@two": "passed"})


class KilledLanes(LanesTest):
    def test_the_run_is_killed(self):
        process = self.start_slow()
        self.assertEqual(len(self.project.processes(r"^slow_start")), 2)
        process.send_signal(signal.SIGKILL)
        self.project.finish(process)
        self.expect_nothing_left()
        self.assertIn("ABORTED", (self.project.report().path / "summary.md").read_text(encoding="utf-8"))

    def test_the_supervisor_is_killed(self):
        process = self.start_slow()
        kill_all(self.project.supervisors())
        self.assertEqual(self.project.finish(process, seconds=10).code, 3)
        self.expect_nothing_left()

    def test_no_secret_is_left_in_a_log(self):
        for name in ("one", "two"):
            tell = ["sh", "-c", "echo $TOKEN; sleep 60"]
            self.project.preset(name, {"name": "main", "run": {"command": tell}, "ready": {"log": "token"},
                                       "environment": {"TOKEN": "${secret:token}", "PRESET": name}})
        self.add_secrets()
        process = self.start_slow()
        logs = [pathlib.Path(each["nodes"][0]["log"]) / "stdout.log" for each in self.project.environments()]
        self.assertEqual([log.read_text(encoding="utf-8") for log in logs], ["token of one\n", "token of two\n"])
        kill_all([process.pid, *self.project.supervisors()])
        self.project.finish(process)
        self.expect_nothing_left()
        self.expect_no_secrets()
        for log in logs:
            self.assertIn("removed: the supervisor was killed", log.read_text(encoding="utf-8"))

    def test_both_are_killed(self):
        process = self.start_slow()
        kill_all([process.pid, *self.project.supervisors()])
        self.project.finish(process)
        self.expect_nothing_left()

    def test_a_supervisor_told_to_end(self):
        process = self.start_slow()
        for pid in self.project.supervisors():
            os.kill(pid, signal.SIGTERM)
        self.assertEqual(self.project.finish(process, seconds=10).code, 3)
        self.expect_nothing_left()


if __name__ == "__main__":
    main()
