#!/usr/bin/env python3
"""Plans made and executed: many suites over many environments, shards, learned times, explanations."""
import re

from temp_project import HEALTHY, ProgramTest, main, make_large, node

class Planner(ProgramTest):
    def run_names(self, plan):
        return [f"{run['suite']}@" + ",".join([batch["preset"], *(f"{axis}={value}" for axis, value
                                                                   in run["cell"].items())])
                for lane in plan["lanes"] for batch in lane["batches"] for run in batch["runs"]]

    def make_large(self, suites=200):
        return make_large(self.project, suites)

    def test_two_hundred_suites_over_45_environments(self):
        environments = self.make_large()
        plan = self.expect(0, "plan", "--json").json
        self.assertEqual(plan["runs"], 200)
        self.assertEqual(sum(len(lane["batches"]) for lane in plan["lanes"]), environments)
        # One axis changes at each step, the innermost most often: no order restarts fewer nodes.
        self.assertEqual(plan["node_starts"], {"planned": 4 + environments - 1, "naive": 800})
        self.assertEqual(plan["cost"]["planned_s"], plan["cost"]["lower_bound_s"])
        ended = self.expect(0, "run")
        self.expect_consistent(ended)
        report = self.project.report()
        self.assertEqual(len(report.of("node-ready")), plan["node_starts"]["planned"])
        self.assertEqual(len(report.of("environment-ready")), environments)
        self.assertEqual([event["run"] for event in report.of("run-started")], self.run_names(plan))
        page = (report.path / "report.html").read_text(encoding="utf-8")
        self.assertIn("48; planned 48, run by run 800", page)
        self.expect_clean()

    def test_shards_are_the_plan(self):
        self.make_large(60)
        whole = sorted(self.run_names(self.expect(0, "plan", "--json").json))
        for count in (1, 2, 4, 7):
            parts = [self.run_names(self.expect(0, "plan", "--shard", f"{number}/{count}", "--json").json)
                     for number in range(1, count + 1)]
            self.assertEqual(sorted(name for part in parts for name in part), whole)
            self.assertEqual(parts, [self.run_names({"lanes": [lane]}) for lane in
                                     self.expect(0, "plan", "--shards", count, "--json").json["lanes"]])
        names = set()
        for number in (1, 2, 3):
            self.expect(0, "run", "--shard", f"{number}/3")
            started = {event["run"] for event in self.project.report().of("run-started")}
            self.assertFalse(names & started)
            names |= started
        self.assertEqual(sorted(names), whole)

    def test_formats(self):
        self.make_large(12)
        shards = self.expect(0, "plan", "--shards", "3", "--format", "github").json["include"]
        self.assertEqual([shard["shard"] for shard in shards], ["1/3", "2/3", "3/3"])
        self.assertEqual(sum(shard["runs"] for shard in shards), 12)
        self.assertIn('SHARD: ["1/3", "2/3", "3/3"]',
                      self.expect(0, "plan", "--shards", "3", "--format", "gitlab").stdout)
        self.assertEqual(3, self.expect(0, "plan", "--shards", "3", "--format", "jenkins")
                         .stdout.count("ctestbed run --shard"))
        calls = self.expect(0, "plan", "--shards", "3", "--format", "ctest").stdout.splitlines()
        whole = self.run_names(self.expect(0, "plan", "--format", "json").json)
        for name in whole:
            matching = [call for call in calls if re.search(call.split("'")[1], name)]
            self.assertEqual(len(matching), 1, name)
        dot = self.expect(0, "plan", "--format", "dot").stdout
        self.assertEqual(dot.count("[label=") - dot.count("->"), 12)
        auto = self.expect(0, "plan", "--shards", "auto", "--shard-start", "0s", "--format", "github")
        self.assertGreater(len(auto.json["include"]), 1)
        dear = self.expect(0, "plan", "--shards", "auto", "--shard-start", "10m", "--format", "github")
        self.assertEqual([shard["shard"] for shard in dear.json["include"]], ["1/1"])

    def test_limits_of_ci_systems(self):
        self.make_large(210)
        ended = self.expect(2, "plan", "--shards", "210", "--format", "gitlab")
        self.assertIn("210 shards are more than the 200 jobs that GitLab allows", ended.complaint)
        for shard in ("0/3", "4/3", "1/257", "1", "x/y", "1/2/3"):
            self.assertIn("is no shard", self.expect(2, "plan", "--shard", shard).complaint)
        self.expect(2, "plan", "--shards", "257")
        for verb, *option in (("plan", "--shards", "2"), ("plan", "--shard", "1/2"), ("run", "--shard", "1/2")):
            self.assertIn("a shard runs in one lane", self.expect(2, verb, *option, "--lanes", "2").complaint)

    def test_a_shard_that_is_not_needed(self):
        self.make_large(1)
        self.expect(0, "run", "--shard", "1/2")
        self.assertIn("nothing to do", self.expect(0, "run", "--shard", "2/2").stdout)

    def test_explain(self):
        self.make_large(45)
        name = self.run_names(self.expect(0, "plan", "--json").json)[20]
        text = self.expect(0, "plan", "--explain", name).stdout
        self.assertIn(f"{name} is run 1 of 1 in batch 21 of 45", text)
        self.assertIn("restart", text)
        self.assertRegex(text, "the next best place, .*, would cost .* more")
        ended = self.expect(2, "plan", "--explain", name.replace("t0", "tt0"))
        self.assertIn("did you mean", ended.stderr)

    def test_learned_times_decide(self):
        self.project.preset("slow", node("slow_start", "--after", "300"), axes={
            "color": {each: {"topology": {"nodes": [{"name": "main", "environment": {"C": each}}]}}
                      for each in ("red", "blue")}})
        self.project.suite("a", "slow")
        before = self.expect(0, "plan", "--json").json
        self.assertEqual(before["cost"]["planned_s"], 2.4)
        for _ in range(3):
            self.expect(0, "run")
        after = self.expect(0, "plan", "--json").json
        self.assertLess(after["cost"]["planned_s"], 1.5)
        self.assertGreater(after["cost"]["planned_s"], 0.6)
        took = self.project.report().events[-1]["mono_s"] - self.project.report().events[0]["mono_s"]
        self.assertAlmostEqual(after["makespan_s"], took, delta=0.4)

    def test_failures_first(self):
        self.project.preset("one", node(*HEALTHY), axes={"color": {
            each: {"topology": {"nodes": [{"name": "main", "environment": {"C": each}}]}}
            for each in ("red", "blue")}})
        self.project.suite("good", "one", matrix={"axes": {"color": "red"}})
        self.project.suite("wrong", "one", tests=[{"GET /": 404}], matrix={"axes": {"color": "blue"}})
        self.expect(1, "run")
        self.assertEqual(self.run_names(self.expect(0, "plan", "--json").json)[0], "good@one,color=red")
        first = self.expect(0, "plan", "--fail-first", "10", "--json").json
        self.assertEqual(self.run_names(first)[0], "wrong@one,color=blue")
        self.expect(2, "plan", "--fail-first", "much")

    def test_pairs_instead_of_the_product(self):
        axes = {f"x{axis}": {f"v{each}": {"environment": {f"X{axis}": f"v{each}"}} for each in range(3)}
                for axis in range(6)}
        self.project.preset("wide", node(*HEALTHY), axes=axes)
        self.project.suite("a", "wide", matrix={
            "cover": "pairs", "never": {"x0": "v1", "x1": ["v1", "v2"]},
            "only_if": [{"cells": {"x2": "v2"}, "if": {"x3": ["v0", "v1"]}}],
            "include": [{f"x{axis}": "v2" for axis in range(6) if axis not in (2, 3)}]})
        plan = self.expect(0, "plan", "--json").json
        cells = [run["cell"] for lane in plan["lanes"] for batch in lane["batches"]
                 for run in batch["runs"]]
        self.assertLess(len(cells), 20)
        pairs = {((a, cell[a]), (b, cell[b])) for cell in cells for a in cell for b in cell if a < b}
        self.assertEqual(len(pairs), 15 * 9 - 3)
        self.assertNotIn((("x0", "v1"), ("x1", "v1")), pairs)
        self.assertNotIn((("x2", "v2"), ("x3", "v2")), pairs)
        self.assertEqual(plan["coverage"][0]["tuples"], 15 * 9 - 3)
        self.assertIn({"x0": "v2", "x1": "v2", "x2": "v0", "x3": "v0", "x4": "v2", "x5": "v2"}, cells)
        self.assertIn(f"{len(cells)} cells cover all 132 combinations of 2 values",
                      self.expect(0, "plan").stdout)
        self.expect(0, "run")
        self.project.suite("a", "wide", matrix={
            "cover": 3, "never": [{"x0": each} for each in ("v0", "v1", "v2")]})
        self.assertIn("no cell of preset 'wide' is left", self.expect(2, "plan").stderr)


if __name__ == "__main__":
    main()
