#!/usr/bin/env python3
"""Nodes in containers, on the engines of CTESTBED_TEST_DOCKER and CTESTBED_TEST_PODMAN, and that
nothing of them stays (ci/test --require docker,podman)."""
import contextlib
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request

from engine_api import IMAGE, Engine, address_of, is_required
from temp_project import OPTIONS, ProgramTest, TempProject, kill_all, main, node, wait_until
from sample import held_sessions

VARIABLES = {"docker": "DOCKER_HOST", "podman": "CONTAINER_HOST"}
# From the end of an owner to that of the last of its containers, on a machine with other work.
GONE_WITHIN = 15


def boxed(*command, **more):
    """A node in a container."""
    made = node(*command, **more)
    made["run"]["image"] = IMAGE
    return made


class BoxTest(ProgramTest):
    """A project whose backend is the engine `backend`."""

    backend = ""

    def setUp(self):
        super().setUp()
        self.engine = Engine(self.address())
        self.projects = [self.project]
        self.adopt(self.project)
        self.project.preset("chain", *self.chain())
        self.project.suite("hello", "chain")
        self.addCleanup(lambda: self.engine.remove(self.environments()))

    def address(self):
        return address_of(self.backend)

    def adopt(self, project):
        project.environment[VARIABLES[self.backend]] = self.address()
        project.environment["CTESTBED_BACKEND"] = self.backend

    def another(self):
        """A second project with the same preset."""
        other = TempProject(OPTIONS)
        self.addCleanup(other.remove)
        self.addCleanup(lambda: self.engine.remove(self.environments()))  # while its reports are there
        self.projects.append(other)
        self.adopt(other)
        other.preset("chain", *self.chain())
        return other

    @staticmethod
    def chain(after="0"):
        return (boxed("slow_start", "--after", after, name="base", services=["base"], stop={"grace": "1s"}),
                boxed("slow_start", "--after", "0", name="main", depends_on={"base": "ready"},
                      stop={"grace": "1s"}))

    def environments(self):
        """Of our projects, ever: an event tells of each before the engine hears of it."""
        return {event["environment"] for project in self.projects for report in project.reports()
                for event in report.events if "environment" in event}

    def ours(self):
        return self.engine.of(self.environments())

    def expect_nothing_left(self, seconds=0.0, about=""):
        wait_until(lambda: not self.project.processes() and not self.ours(), seconds)
        self.assertEqual(self.project.processes(), {}, about)
        self.assertEqual(self.ours(), [], about)

    def deploy(self, *arguments, project=None):
        ended = (project or self.project).ctestbed("deploy", *arguments, "--json")
        self.assertEqual(ended.code, 0, ended)
        return ended.json["environments"][0]

    def answers(self, environment):
        """Whether each endpoint of each node answers."""
        def answers(address):
            try:
                with urllib.request.urlopen(f"http://{address}/", timeout=2) as answer:
                    return answer.status == 200
            except OSError:
                return False

        return [answers(address) for each in environment["nodes"] for address in each["endpoints"].values()]

    def kill(self, *pids):
        """Returns when the last thread of each is dead, and so holds its lock no longer."""
        kill_all(pids)
        self.assertTrue(wait_until(lambda: not held_sessions(self.project.state)))


class Life:
    def test_run(self):
        ended = self.expect(0, "run", "--backend", self.backend)
        self.expect_verdicts({"hello@chain": "passed"})
        self.expect_consistent(ended)
        self.assertEqual(self.project.report().of("session-started")[0]["backend"], self.backend)
        self.assertEqual(len(self.environments()), 1)
        self.expect_clean()
        self.expect_nothing_left()

    def test_environment_is_on_the_engine(self):
        """Else no test here that finds nothing left says anything."""
        environment = self.deploy("chain")
        short = environment["id"][:8]
        self.assertEqual(self.ours(), [f"containers ctestbed-{short}-base-1", f"containers ctestbed-{short}-main-1",
                                       f"networks ctestbed-{short}"])
        self.assertEqual(self.answers(environment), [True, True])
        self.expect(0, "teardown")
        self.expect_clean()
        self.expect_nothing_left()

    def test_killed_run_takes_its_containers_along(self):
        bystander, stranger = self.bystanders()
        self.project.preset("late", *self.chain(after="60000"))
        self.project.script("long", "chain", "sleep 60")
        self.project.suite("never", "late")
        for about, arguments, kind in (("mid-deploy", ("--suite", "never"), "node-starting"),
                                       ("mid-run", ("--suite", "long"), "run-started")):
            before = set(self.environments())
            process = self.project.start("run", *arguments)
            self.assertTrue(wait_until(lambda: self.events_of(before, kind) and self.new(before), 30), about)
            process.kill()
            self.project.finish(process)
            wait_until(lambda: not self.new(before) and not self.project.supervisors(), GONE_WITHIN)
            self.assertEqual(self.new(before), [], about)
            self.assertEqual(self.project.supervisors(), [], about)
            self.assertEqual(self.project.sessions(), [], about)
            self.assertIn("ABORTED", (self.project.report().path / "summary.md").read_text(encoding="utf-8"))
        self.expect_untouched(bystander, stranger)

    def test_next_command_sweeps_what_a_dead_supervisor_left(self):
        bystander, stranger = self.bystanders()
        dead = self.deploy("chain")
        left = self.engine.of({dead["id"]})
        self.assertEqual(len(left), 3)
        self.kill(dead["owner"]["pid"])
        self.assertEqual(self.engine.of({dead["id"]}), left)
        ended = self.expect(0, "status")
        self.assertEqual(self.engine.of({dead["id"]}), [], ended)
        told = [line for line in ended.stderr.splitlines() if not line.startswith("cleared up: session")]
        kinds = {"containers": "container", "networks": "network"}
        self.assertEqual(sorted(told), sorted(f"cleared up: {kinds[kind]} {name}" for kind, name
                                              in (line.split() for line in left)))
        self.expect_untouched(bystander, stranger)
        self.assertEqual(self.expect(0, "status").stderr, "")
        self.expect_clean()

    def test_clean_finds_by_label_what_no_session_tells_of(self):
        bystander, stranger = self.bystanders()
        dead = self.deploy("chain")
        self.kill(dead["owner"]["pid"])
        shutil.rmtree(self.project.state)
        self.assertEqual(self.expect(0, "status").stderr, "")
        self.assertEqual(len(self.engine.of({dead["id"]})), 3)
        self.assertIn("would remove what is left of owner", self.expect(0, "clean", "--dry-run").stdout)
        self.assertEqual(len(self.engine.of({dead["id"]})), 3)
        self.expect(0, "clean")
        self.assertEqual(self.engine.of({dead["id"]}), [])
        self.expect_untouched(bystander, stranger)

    def test_run_and_supervisor_killed_together_mid_deploy(self):
        self.project.preset("late", *self.chain(after="60000"))
        process = self.project.start("deploy", "late")
        self.assertTrue(wait_until(self.ours, 30))
        self.kill(process.pid, *self.project.supervisors())
        self.project.finish(process)
        self.assertNotEqual(self.ours(), [])
        self.expect(0, "status")
        self.expect_clean(2)
        self.expect_nothing_left()

    # A project of its own, whose environment lives on, and a container that is nobody's.
    def bystanders(self):
        other = self.another()
        name = f"stranger-{secrets.token_hex(4)}"
        stranger = self.engine.start(name, "hang", "--http", "8080")
        self.addCleanup(self.engine.call, "DELETE", f"/containers/{stranger}?force=1&v=1")
        return self.deploy("chain", project=other), stranger

    def expect_untouched(self, bystander, stranger):
        self.assertTrue(self.engine.is_running(stranger))
        self.assertEqual(self.answers(bystander), [True, True])
        self.assertEqual(len(self.engine.of({bystander["id"]})), 3)
        other = self.projects[1]
        ended = other.ctestbed("teardown")
        self.assertEqual(ended.code, 0, ended)
        self.assertEqual(self.engine.of({bystander["id"]}), [])

    def events_of(self, before, kind):
        return [event for report in self.project.reports() for event in report.of(kind)
                if event.get("environment", "") not in before]

    def new(self, before):
        return self.engine.of(self.environments() - before)


class Trouble:
    def failure_of(self, *nodes, seconds=30.0):
        """What a run says first of an environment of these nodes."""
        self.project.preset("broken", *nodes)
        self.project.suite("hello", "broken")
        start = time.monotonic()
        ended = self.expect(3, "run", "--suite", "hello")
        self.assertLess(time.monotonic() - start, seconds)
        self.expect_verdicts({"hello@broken": "blocked"})
        self.expect_clean()
        self.expect_nothing_left()
        return self.project.report().of("environment-failed")[0]

    def test_crash_at_start(self):
        failed = self.failure_of(boxed("crash_at_start", "--code", "9"))
        self.assertEqual(failed["node"], "main")
        self.assertEqual(failed["message"], "node 'main' exited with code 9 before it was ready")
        self.assertIn("realm.conf:7: unknown key 'databse'", failed["detail"])

    def test_program_that_is_not_in_the_image(self):
        failed = self.failure_of(boxed("no-such-program"))
        self.assertRegex(failed["message"], r"^node 'main' (cannot be deployed|exited with code 127).*")
        self.assertIn("no-such-program", failed["message"] + failed.get("detail", ""))

    def test_image_that_is_not_there(self):
        wrong = boxed("slow_start")
        wrong["run"]["image"] = "localhost/ctestbed/no-such-image:dev"
        failed = self.failure_of(wrong)
        self.assertTrue(failed["message"].startswith(
            "node 'main' cannot be deployed: image 'localhost/ctestbed/no-such-image:dev' is not on the engine"),
            failed["message"])

    def test_never_ready(self):
        failed = self.failure_of(boxed("hang", ready={"http": "/", "within": "1s"}))
        self.assertRegex(failed["message"], r"^node 'main' was not ready within 1 s: ")

    def test_crash_later(self):
        self.project.preset("later", boxed("crash_later", "--code", "5"))
        self.project.script("crash", "later",
                            'curl -s "$CTESTBED_SERVICE_WEB_URL/crash"; sleep 60', form="exit_code")
        start = time.monotonic()
        ended = self.expect(3, "run", "--suite", "crash")
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(self.project.report().of("node-failed")[0]["message"], "node 'main' exited with code 5")
        self.assertIn("node 'main' exited with code 5", ended.stdout)
        self.expect_clean()
        self.expect_nothing_left()

    def test_slow_stop_is_cut_short(self):
        self.project.preset("deaf", boxed("ignore_term", stop={"grace": "300ms"}))
        environment = self.deploy("deaf")
        start = time.monotonic()
        self.expect(0, "teardown", environment["id"])
        self.assertLess(time.monotonic() - start, 10)
        self.expect_clean()
        self.expect_nothing_left()


class Many:
    def test_eight_at_once_from_two_directories(self):
        other = self.another()
        for project in self.projects:
            for number in range(4):
                project.script(f"s{number}", "chain", "sleep 1")
        started = [project.start("run", "--suite", f"s{number}")
                   for number in range(4) for project in self.projects]
        most = 0
        while any(process.poll() is None for process in started):
            most = max(most, len({name.split("-")[1] for name in self.ours()}))
            with contextlib.suppress(subprocess.TimeoutExpired):
                started[-1].wait(0.3)
        told = [(project.path / "stderr.txt").read_text(encoding="utf-8") for project in self.projects]
        self.assertEqual([process.wait() for process in started], [0] * 8, told)
        self.assertEqual(len(self.environments()), 8)
        self.assertGreater(most, 1, "no two were there at once")
        self.expect_nothing_left(2)
        starts = [event for project in self.projects for report in project.reports()
                  for event in report.of("node-starting")]
        self.assertEqual(len(starts), 16)


class Docker(Life, Trouble, Many, BoxTest):
    backend = "docker"


class Podman(Life, Trouble, Many, BoxTest):
    backend = "podman"


if __name__ == "__main__":
    engine = "podman" if "Podman" in sys.argv else "docker"
    if not address_of(engine) and not is_required(engine):
        print(f"skipped: no {engine}: ci/test --require {engine}")
        sys.exit(77)
    main()
