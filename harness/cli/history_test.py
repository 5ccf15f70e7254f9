#!/usr/bin/env python3
"""Runs projects and looks at what ctestbed remembers of them."""
import contextlib
import json
import re
import shutil
import signal
import sqlite3

from temp_project import HEALTHY, OPTIONS, ProgramTest, TempProject, main, node, wait_until


class History(ProgramTest):
    def setUp(self):
        super().setUp()
        self.project.preset("one", node(*HEALTHY))
        self.project.suite("good", "one")

    @property
    def history(self):
        return self.project.history

    def known(self, *arguments):
        return self.expect(0, "history", "--json", *arguments).json

    def samples_of_runs(self):
        return {run["run"]: run["verdicts"] for run in self.known()["runs"]}

    def rows(self, path, sql="SELECT * FROM subject JOIN sample ON subject = subject.id"):
        with contextlib.closing(sqlite3.connect(path)) as database:
            return sorted(database.execute(sql).fetchall())

    def broken(self):
        return [path for path in self.history.parent.glob("*.broken-*")]

    def test_runs_are_remembered(self):
        self.project.suite("bad", "one", tests=({"GET /": 404},))
        self.assertIn("nothing is known of project", self.expect(0, "history").stdout)
        self.assertFalse(self.history.exists())
        for _ in range(2):
            self.expect(1, "run")
        known = self.known()
        self.assertEqual(known["file"], str(self.history))
        self.assertEqual(known["project"], self.project.path.name)
        main_node, = known["nodes"]
        self.assertEqual((main_node["preset"], main_node["node"], main_node["backend"]),
                         ("one", "main", "process"))
        self.assertEqual(main_node["samples"], {"start": 2, "stop": 2})
        ready = self.project.report().of("node-ready")
        self.assertEqual([event["digest"] for event in ready], [main_node["digest"]])
        self.assertTrue(0 < main_node["start_s"] < 10)
        runs = {run["run"]: run for run in known["runs"]}
        self.assertEqual({name: run["verdicts"] for name, run in runs.items()},
                         {"good@one": ["passed"] * 2, "bad@one": ["failed"] * 2})
        self.assertEqual((runs["good@one"]["failure_score"], runs["bad@one"]["failure_score"]), (0, 1))
        text = self.expect(0, "history").stdout
        digest = main_node["digest"][:8]
        self.assertRegex(text, rf"\n  one +main +{digest} +2 +\d+ ms +\d+ ms\n")
        self.assertRegex(text, r"\n  bad@one +2 +\d+ ms +FF\n  good@one +2 +\d+ ms +\.\.\n")

    def test_another_project_is_none_of_ours(self):
        self.expect(0, "run")
        elsewhere = self.project.path / "elsewhere"
        shutil.copytree(self.project.path / "suites", elsewhere / "suites")
        options = ("--suites", elsewhere / "suites")
        self.assertEqual(self.known(*options)["runs"], [])
        self.expect(0, "run", *options)
        self.assertEqual([len(run["verdicts"]) for run in self.known(*options)["runs"]], [1])
        self.assertEqual(self.samples_of_runs(), {"good@one": ["passed"]})

    def test_an_interrupted_run_teaches_what_was_complete(self):
        self.project.script("slow", "one", "sleep 60")
        process = self.project.start("run")
        self.assertTrue(wait_until(lambda: self.project.processes(r"^sleep 60")))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.project.finish(process).code, 143)
        self.assertEqual(self.samples_of_runs(), {"good@one": ["passed"]})
        self.assertEqual([each["samples"] for each in self.known()["nodes"]], [{"start": 1}])

    def test_where_it_is(self):
        environment = self.project.environment
        home = self.project.path / "home"
        for variables, path in (
                ({"CTESTBED_HISTORY": "here/h.sqlite"}, self.project.path / "here/h.sqlite"),
                ({"XDG_STATE_HOME": str(self.project.path / "xdg")},
                 self.project.path / "xdg/ctestbed/history.sqlite"),
                ({"HOME": str(home)}, None),  # which does not exist yet
                ({"HOME": str(home), "XDG_STATE_HOME": "relative"},
                 home / ".local/state/ctestbed/history.sqlite"),
                ({"HOME": str(home), "CTESTBED_HISTORY": "off"}, None)):
            for name in ("CTESTBED_HISTORY", "XDG_STATE_HOME", "HOME"):
                environment.pop(name, None)
            environment.update(variables)
            if variables.get("XDG_STATE_HOME") == "relative":
                home.mkdir(exist_ok=True)
            with self.subTest(variables):
                before = set(self.project.path.rglob("*.sqlite"))
                self.assertEqual(self.expect(0, "run").stderr, "")
                found = set(self.project.path.rglob("*.sqlite")) - before
                self.assertEqual(found, {path} - {None})
        self.assertIn("there is no history", self.expect(2, "history", "--prune").complaint)

    def test_a_broken_file_is_kept_aside(self):
        self.history.parent.mkdir()
        self.history.write_text("no database\n" * 1000, encoding="utf-8")
        ended = self.expect(0, "run")
        self.assertRegex(ended.complaint, r"^ctestbed: history '\S+' is broken: file is not a "
                                          r"database; it is kept as '\S+', and a new one is begun$")
        aside, = self.broken()
        self.assertEqual(aside.read_text(encoding="utf-8"), "no database\n" * 1000)
        self.assertEqual(self.samples_of_runs(), {"good@one": ["passed"]})

    def test_the_database_of_another_program_is_kept_aside(self):
        self.history.parent.mkdir()
        with contextlib.closing(sqlite3.connect(self.history)) as database:
            database.execute("CREATE TABLE precious (value TEXT)")
            database.execute("INSERT INTO precious VALUES ('kept')")
            database.commit()
        self.assertIn("it belongs to another program", self.expect(0, "run").complaint)
        aside, = self.broken()
        self.assertEqual(self.rows(aside, "SELECT value FROM precious"), [("kept",)])

    def test_the_file_of_a_newer_version_is_left_alone(self):
        self.expect(0, "run")
        with contextlib.closing(sqlite3.connect(self.history)) as database:
            database.execute("PRAGMA user_version = 9")
        before = self.history.read_bytes()
        self.assertIn("a newer ctestbed wrote it, in version 9", self.expect(0, "run").complaint)
        self.assertIn("a newer ctestbed wrote it", self.expect(5, "history").complaint)
        self.assertEqual(self.history.read_bytes(), before)
        self.assertEqual(self.broken(), [])

    def test_where_it_cannot_be_written_the_verdict_stands(self):
        self.project.environment["CTESTBED_HISTORY"] = "/proc/history.sqlite"
        self.assertRegex(self.expect(0, "run").complaint,
                         r"^ctestbed: cannot use history '/proc/history.sqlite': ")

    def test_several_at_once(self):
        others = [TempProject(OPTIONS) for _ in range(3)]
        for other in others:
            self.addCleanup(other.remove)
            other.preset("one", node(*HEALTHY))
            other.suite("good", "one")
            other.environment["CTESTBED_HISTORY"] = str(self.history)
        started = [(other, other.start("run")) for other in others]
        for other, process in started:
            ended = other.finish(process)
            self.assertEqual((ended.code, ended.stderr), (0, ""), ended)
        self.assertEqual(len(self.rows(self.history)), 3 * 3)  # a start, a run, a stop of each

    def test_export_and_import(self):
        for _ in range(2):
            self.expect(0, "run")
        before = self.rows(self.history)
        self.assertIn("6 samples", self.expect(0, "history", "export", "h.jsonl").stdout)
        lines = (self.project.path / "h.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertEqual({json.loads(line)["measure"] for line in lines}, {"start", "stop", "run"})
        self.expect(0, "history", "import", "h.jsonl")
        self.assertEqual(self.rows(self.history), before)
        self.history.unlink()
        self.expect(0, "history", "import", "h.jsonl")
        self.expect(0, "history", "export", "again.jsonl")
        self.assertEqual((self.project.path / "again.jsonl").read_text(encoding="utf-8").splitlines(),
                         lines)
        self.expect(0, "run")
        self.expect(0, "history", "import", "h.jsonl")  # merges
        self.assertEqual(self.samples_of_runs(), {"good@one": ["passed"] * 3})

    def test_import_is_all_or_nothing(self):
        self.expect(0, "run")
        self.expect(0, "history", "export", "h.jsonl")
        before = self.rows(self.history)
        path = self.project.path / "h.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[1] = re.sub(r'"at":"[^"]*"', '"at":"9999"', lines[1])
        path.write_text("\n".join(lines), encoding="utf-8")
        ended = self.expect(2, "history", "import", "h.jsonl")
        self.assertIn("h.jsonl:2: '9999' is no instant like", ended.complaint)
        self.assertEqual(self.rows(self.history), before)
        self.assertIn("needs the name of a file", self.expect(2, "history", "import").complaint)
        self.assertIn("takes no --prune",
                      self.expect(2, "history", "import", "h.jsonl", "--prune").complaint)
        self.assertIn("no such file", self.expect(2, "history", "import", "none").complaint)

    def test_prune(self):
        self.expect(0, "run")
        with contextlib.closing(sqlite3.connect(self.history)) as database:
            database.execute("UPDATE subject SET seen = '2020-01-01T00:00:00.000Z' "
                             "WHERE measure = 'stop'")
            database.commit()
        self.assertEqual(self.expect(0, "history", "--prune").stdout, "1 sample dropped, 2 kept\n")
        self.assertEqual(self.known("--prune"), {"schema": 1, "dropped": 0, "kept": 2})


if __name__ == "__main__":
    main()
