#!/usr/bin/env python3
"""What testers of systems of services have stumbled over before: see suites/PITFALLS.md."""
import json
import pathlib
import re
import unittest

from temp_project import HEALTHY, ProgramTest, main, node

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class Pitfalls(ProgramTest):
    def setUp(self):
        super().setUp()
        self.project.preset("one", node(*HEALTHY))

    def test_words_are_no_verdict(self):
        self.project.script("says-failed", "one", "echo FAILED; echo '1 error' >&2")
        self.project.script("says-passed", "one", "echo PASSED; echo OK; exit 1")
        self.expect(1, "run")
        self.expect_verdicts({"says-failed@one": "passed", "says-passed@one": "failed"})

    def test_a_failure_that_speaks_of_a_timeout_ends_only_itself(self):
        self.project.script("a-times-out", "one", "echo 'connection refused: timeout'; exit 1")
        self.project.suite("b-next", "one", tests=[{"GET /": 404}, {"GET /x": 200}])
        self.expect(1, "run")
        self.expect_verdicts({"a-times-out@one": "failed", "b-next@one": "failed"})
        cases = [(event["name"], event["verdict"]) for event in self.project.report().of("case-finished")
                 if event["run"] == "b-next@one"]
        self.assertEqual(cases, [("GET /", "failed"), ("GET /x", "passed")])

    def test_a_filter_is_the_whole_name(self):
        self.project.suite("relationship", "one")
        self.project.suite("relationship-type", "one")
        self.expect(0, "run", "--suite", "relationship")
        self.expect_verdicts({"relationship@one": "passed"})
        self.assertEqual(self.project.ctestbed("run", "--suite", "relation").code, 2)

    def test_logs_outlive_their_nodes(self):
        self.project.preset("loud", node("flood", "--rate", "1000"))
        self.project.suite("hello", "loud")
        self.expect(0, "run", "--suite", "hello")
        self.expect_clean()
        started = self.project.report().of("node-starting")[0]
        log = self.project.report().path / started["log"] / "stdout.log"
        self.assertIn("flood: line", log.read_text(encoding="utf-8"))

    def test_who_was_killed_is_not_called_unhealthy(self):
        victim = {"name": "main", "services": ["web"], "ports": {"http": 80},
                  "run": {"command": ["sh", "-c", "kill -KILL $$"]},
                  "ready": {"http": "/", "within": "10s"}}
        self.project.preset("killed", victim)
        self.project.suite("hello", "killed")
        ended = self.expect(3, "run", "--suite", "hello")
        self.assertIn("node 'main' was killed by SIGKILL before it was ready", ended.stdout)

    def test_a_server_on_another_port_is_never_ready_and_says_so(self):
        lost = node(*HEALTHY, ready={"http": "/", "within": "300ms"})
        lost["run"] = {"command": ["sleep", "60"]}
        self.project.preset("lost", lost)
        self.project.suite("hello", "lost")
        ended = self.expect(3, "run", "--suite", "hello")
        self.assertRegex(ended.stdout, r"node 'main' was not ready within 300 ms: http .* refused")

    def test_a_change_of_one_variable_keeps_the_others(self):
        main_node = node(*HEALTHY, environment={"KEPT": "yes", "MODE": "a"})
        main_node["ready"] = {"exec": ["sh", "-c", 'test "$KEPT" = yes -a -n "$MODE"'],
                              "within": "2s"}
        self.project.preset("modes", main_node, axes={
            "mode": {"a": {}, "b": {"environment": {"MODE": "b"}}}})
        self.project.suite("both", "modes")
        self.expect(0, "run", "--suite", "both")
        self.expect_verdicts({"both@modes,mode=a": "passed", "both@modes,mode=b": "passed"})

    def test_every_run_has_an_id_of_its_own(self):
        self.project.script("ids", "one", "echo $CTESTBED_RUN_ID >> ../../ids; exit 1")
        for _ in range(2):
            self.expect(1, "run", "--out", self.project.path / "out")
        ids = [path.name for path in (self.project.path / "out" / "runs").iterdir() if path.is_dir()]
        self.assertEqual(len(ids), len(set(ids)))

    def test_what_is_read_is_checked_before_anything_starts(self):
        self.project.write("presets/typo.yaml", json.dumps(
            {"name": "typo", "processing_pools": [], "topology": {"nodes": [node(*HEALTHY)]}}))
        self.project.suite("hello", "one")
        ended = self.expect(2, "run")
        self.assertRegex(ended.complaint, r"presets/typo.yaml:1:\d+: error: unknown key 'processing_pools'")
        self.assertEqual(self.project.sessions(), [])


class List(unittest.TestCase):
    """The list names only tests that there are."""

    def test_every_test_of_the_list_exists(self):
        listed = re.findall(r"`(?:(\w+)\.)?(\w+)`",
                            (SOURCE / "suites" / "PITFALLS.md").read_text(encoding="utf-8"))
        texts = [path.read_text(encoding="utf-8", errors="replace")
                 for folder in ("harness", "ctest", "fixtures") for path in (SOURCE / folder).rglob("*_test.*")]
        errors = {path.stem.replace("-", "_") for path in (SOURCE / "suites" / "errors").glob("*.yaml")}
        self.assertGreater(len(listed), 30)
        for group, name in listed:
            if name in errors:
                continue
            pattern = (rf"TEST(?:_F|_P)?\({group}, {name}\)" if group else rf"def {name}\(")
            self.assertTrue(any(re.search(pattern, text) for text in texts), f"{group}.{name}")


if __name__ == "__main__":
    main()
