#!/usr/bin/env python3
"""What a preset can say of its nodes, on real processes."""
import os

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


if __name__ == "__main__":
    main()
