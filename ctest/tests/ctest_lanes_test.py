#!/usr/bin/env python3
"""ctest with several environments alive at once; called as ctest_layer_test.py is."""
import time

from ctest_layer_test import ALL_RUNS, ENVIRONMENTS, CtestLayer, main

SCRIPT = """
suite: %s
tester: command
needs: {preset: solo}
isolation: fresh
%s
format: exit_code
command: [sh, -c, '%s']
"""


class Lanes(CtestLayer):
    def setUp(self):
        super().setUp()
        # What a run of milliseconds takes is noise, and would decide what shares a lane.
        self.sample.environment["CTESTBED_HISTORY"] = "off"
        self.sample.configure("-DDISCOVER_ARGUMENTS=LANES;2")

    def write_pair(self, left, right, more=""):
        """Two suites alone, each in an environment, and so in a lane, of its own."""
        for name in ("hello", "more"):
            self.sample.delete(f"suites/{name}.yaml")
        for name, script in (("left", left), ("right", right)):
            self.sample.write(f"suites/{name}.yaml", SCRIPT % (name, more if name == "right" else "", script))

    def test_any_ctest_is_right(self):
        for arguments in ([], ["-j2"], ["-j4"], ["-j4", "--schedule-random"]):
            run = self.sample.ctest(*arguments)
            self.expect_all_passed(run)
            report = self.sample.report()
            self.assertEqual(report.verdicts, dict.fromkeys(ALL_RUNS, "passed"))
            self.assertEqual(report.most_nodes_alive, 2)
            if "--schedule-random" not in arguments:
                self.assertEqual(sorted(report.deploys), ENVIRONMENTS)
            self.expect_clean()
        run = self.sample.ctest("-j4", "-R", "hello@solo|color=red")
        self.assertEqual((run.code, len(run.runs)), (0, 3), run.output)
        self.assertEqual(sorted(self.sample.report().deploys), ["solo", "web,color=red"])

    def test_side_by_side(self):
        meet = "touch ../../%s; for i in $(seq 200); do [ -e ../../%s ] && exit 0; sleep 0.05; done; exit 1"
        self.write_pair(meet % ("l", "r"), meet % ("r", "l"))
        run = self.sample.ctest("-j4")
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual({run.results[name] for name in ("left@solo", "right@solo")}, {"Passed"})

    def test_after_holds_across_lanes(self):
        self.write_pair("sleep 0.5", "true", "after: [left]")
        for arguments in ([], ["-j4"], ["-j4", "--schedule-random"]):
            run = self.sample.ctest(*arguments)
            self.assertEqual(run.code, 0, run.output)
            kinds = [(event["kind"], event["run"]) for event in self.sample.report().events if "run" in event]
            self.assertLess(kinds.index(("run-finished", "left@solo")),
                            kinds.index(("run-started", "right@solo")))

    def test_ctest_is_killed(self):
        self.write_pair("sleep 60", "sleep 60")
        process = self.sample.start("-j4")
        deadline = time.monotonic() + 20
        while len([words for words in self.sample.processes().values() if "sleep 60" in words]) < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        process.kill()
        process.wait()
        while (self.sample.processes() or self.sample.sessions()) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.expect_clean()


if __name__ == "__main__":
    main()
