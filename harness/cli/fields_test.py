#!/usr/bin/env python3
"""What presets and suites can say, seen at work on local processes."""
import json

from temp_project import HEALTHY, ProgramTest, main, node

SERVE = ["python3", "-m", "http.server", "${port.http}", "--bind", "127.0.0.1", "--directory"]


def server(directory, **more):
    """Python's web server on a directory."""
    return node(name="main", **more) | {"run": {"command": [*SERVE, directory]},
                                        "ready": {"http": "/", "within": "30s"}}


class Mounts(ProgramTest):
    def test_every_kind(self):
        (self.project.path / "site").mkdir()
        self.project.write("site/index.html", "bound")
        self.project.write("presets/page.txt", "copied ${port.http}")
        copy = ("import os, shutil, sys; data = sys.argv[1]; "
                "[shutil.copy(path, os.path.join(data, name)) for name, path in "
                "zip(['text', 'page', 'site'], sys.argv[2:])]; "
                "os.chdir(data); import http.server; "
                "http.server.test(http.server.SimpleHTTPRequestHandler, port=int(os.environ['PORT']), "
                "bind='127.0.0.1')")
        mounts = {"data": {"volume": "data"}, "text": {"content": "port ${port.http} of ${node.name}"},
                  "page": {"from": "page.txt", "target": "/srv/page"},
                  "site": {"bind": "../site"}}
        main_node = server("", environment={"PORT": "${port.http}"}, mounts=mounts)
        main_node["run"] = {"command": ["python3", "-c", copy],
                            "args": ["${mount.data}", "${mount.text}", "${mount.page}",
                                     "${mount.site}/index.html"]}
        self.project.write("presets/one.yaml", json.dumps(
            {"name": "one", "topology": {"nodes": [main_node], "volumes": {"data": {}}}}))
        self.project.suite("files", "one", tests=[
            {"GET /text": None, "expect": {"status": 200, "body": "port ${main.port.http} of main"}},
            {"GET /page": None, "expect": {"status": 200, "body": "copied $${port.http}"}},
            {"GET /site": None, "expect": {"status": 200, "body": "bound"}}])
        self.expect(0, "run")
        self.expect_clean()

    def test_a_bound_path_that_is_not_there(self):
        self.project.preset("one", server("${mount.site}", mounts={"site": {"bind": "nowhere"}}))
        ended = self.expect(3, "deploy", "one")
        self.assertIn("node 'main' cannot be deployed: its mount 'site' binds "
                      f"'{self.project.path}/presets/nowhere', which is not there", ended.complaint)
        self.expect_clean()


class Demands(ProgramTest):
    def setUp(self):
        super().setUp()
        self.project.suite("any", "one")

    def preset(self, **more):
        self.project.write("presets/one.yaml",
                           json.dumps({"name": "one", "topology": {"nodes": [node(*HEALTHY)]}} | more))

    def test_a_preset_names_those_it_can_be_deployed_on(self):
        self.preset(backends=["docker", "kubernetes"])
        for command in (["deploy", "one"], ["run"]):
            ended = self.expect(4, *command)
            self.assertIn("preset 'one' can be deployed on docker or kubernetes alone, and the backend "
                          "is 'process'", ended.complaint)
        self.preset(backends=["docker", "process"])
        self.expect(0, "run")
        self.expect_clean()

    def test_what_a_process_cannot_do_is_refused(self):
        self.project.preset("one", node(*HEALTHY, resources={"memory": "64MiB"}))
        for command in (["deploy", "one"], ["run"]):
            ended = self.expect(5, *command)
            self.assertIn("node 'main' asks for resources.memory, which this backend cannot do",
                          ended.stdout + ended.stderr)
        ended = self.expect(5, "validate", "--backend", "process")
        self.assertIn("presets/one.yaml:1:", ended.complaint)
        self.assertIn("resources.memory", ended.complaint)
        self.expect(0, "validate")
        self.expect_clean()


class Preparation(ProgramTest):
    def preset(self, *steps, **more):
        topology = {"nodes": [node(*HEALTHY)]}
        self.project.write("presets/one.yaml", json.dumps(
            {"name": "one", "topology": topology, "prepare": steps,
             "axes": {"mode": {"a": {}, "b": {"environment": {"MODE": "b"}}}}} | more))
        self.project.suite("any", "one")

    def test_each_step_runs_once_before_the_first_node(self):
        self.preset(["sh", "-c", "echo prepared; echo x >> ../prepared"])
        self.expect(0, "run")
        self.assertEqual((self.project.path / "prepared").read_text(encoding="utf-8"), "x\n")
        log = self.project.report().path / "logs" / "prepare.1" / "stdout.log"
        self.assertEqual(log.read_text(encoding="utf-8"), "prepared\n")
        self.expect_clean()

    def test_a_failure_names_its_step(self):
        self.preset(["sh", "-c", "echo no disk >&2; exit 3"])
        ended = self.expect(3, "run")
        self.assertIn("prepare step ", ended.stdout)
        self.assertIn("exited with code 3", ended.stdout)
        self.expect_verdicts({"any@one,mode=a": "blocked", "any@one,mode=b": "blocked"})
        self.expect_clean()

    def test_a_deploy_has_its_time(self):
        slow = node("slow_start", "--after", "60000")
        self.project.write("presets/one.yaml", json.dumps(
            {"name": "one", "topology": {"nodes": [slow]}, "timeouts": {"deploy": "300ms"}}))
        ended = self.expect(3, "deploy", "one")
        self.assertIn("node 'main' was not ready when the time to deploy was over", ended.complaint)
        self.expect_clean()


class Suites(ProgramTest):
    def setUp(self):
        super().setUp()
        self.project.preset("one", node(*HEALTHY))

    def finished(self):
        return [event["run"] for event in self.project.report().of("run-finished")]

    def test_after(self):
        self.project.suite("a", "one", after=["c"])
        self.project.suite("b", "one")
        self.project.suite("c", "one")
        self.expect(0, "run")
        self.assertEqual(self.finished(), ["b@one", "c@one", "a@one"])

    def test_requires(self):
        self.project.suite("far", "one", requires=["no-such-program"])
        self.project.suite("near", "one", requires=["sh"])
        ended = self.expect(0, "run")
        self.assertIn("it requires 'no-such-program', which is not in PATH", ended.stdout)
        self.expect_verdicts({"far@one": "skipped", "near@one": "passed"})
        self.expect_consistent(ended)

    def test_expected(self):
        self.project.suite("bug", "one", tests=[{"name": "known bug", "GET /": 404}],
                           expected={"known bug": "failed"})
        self.expect(0, "run")
        self.expect_verdicts({"bug@one": "passed"})
        self.project.suite("bug", "one", tests=[{"name": "known bug", "GET /": 200}],
                           expected={"known bug": "failed"})
        ended = self.expect(1, "run")
        self.assertIn("passed, but the suite expects it to be failed", ended.stdout)

    def test_dirties(self):
        for name, dirties in (("a", ["main"]), ("b", []), ("c", ["main"])):
            self.project.suite(name, "one", dirties=dirties)
        self.expect(0, "run")
        self.assertEqual([event["suite"] for event in self.project.report().of("run-started")],
                         ["b", "a", "c"])
        changes = [[change["action"] for change in event["changes"]]
                   for event in self.project.report().of("environment-deploying")]
        self.assertEqual(changes, [["start"], ["restart"]])
        self.expect_clean()

    def test_exit_codes(self):
        self.project.script("codes", "one", "exit 3", exit_codes={"3": "skipped"})
        self.expect(0, "run")
        self.expect_verdicts({"codes@one": "skipped"})
        self.project.script("codes", "one", "exit 4", exit_codes={"3": "skipped", "4": "error"})
        self.expect(1, "run")
        self.expect_verdicts({"codes@one": "error"})


if __name__ == "__main__":
    main()
