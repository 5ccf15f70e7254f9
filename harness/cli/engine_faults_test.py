#!/usr/bin/env python3
"""A Docker daemon that ends, dies or hangs under ctestbed: one of the test's own (ci/engines/docker),
where there is one for tests at all (ci/test --require docker)."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from containers_test import BoxTest, boxed
from engine_api import ENVIRONMENT, address_of, is_required
from temp_project import OPTIONS, main, wait_until

ENGINES = pathlib.Path(__file__).resolve().parents[2] / "ci" / "engines"
# From a fault to the end of whoever meets it.
ENDS_WITHIN = 90
# A service of the nodes is asked until it fails, or until there is a file.
ASK = ('n=0; until test -e {flag} || test $n -gt 600; do '
       'curl -sf -m 2 "$CTESTBED_SERVICE_WEB_URL/" >/dev/null || exit 1; sleep 0.1; n=$((n + 1)); done')


class OwnEngine:
    """A Docker engine that nobody else uses."""

    def __init__(self, build):
        self.name = f"faults{os.getpid()}"
        self.folder = tempfile.TemporaryDirectory(prefix="ctb-engine-", dir="/tmp")
        self.directory = pathlib.Path(self.folder.name) / "docker"
        self.address = self.script("start")
        subprocess.run([ENGINES / "images", self.address, "misbehaving", "--build", build], check=True,
                       stdout=subprocess.DEVNULL, timeout=300)

    def script(self, *words):
        return subprocess.run([ENGINES / "docker", *words, "--name", self.name, "--directory", self.directory],
                              check=True, stdout=subprocess.PIPE, text=True, timeout=150).stdout.strip()

    def signal(self, number, check=True):
        pid = (self.directory / "pid").read_text(encoding="ascii").strip()
        subprocess.run([*([] if os.geteuid() == 0 else ["sudo"]), "kill", f"-{number}", pid], check=check,
                       stderr=subprocess.DEVNULL)

    def bring_back(self):
        """It runs, and has all containers that it had."""
        self.signal(signal.SIGCONT, check=False)
        try:
            self.script("start", "--keep")
        except subprocess.CalledProcessError:  # after a crash 20.10 needs a second start now and then
            self.script("start", "--keep")

    def remove(self):
        self.script("stop")
        self.folder.cleanup()


class FaultTest(BoxTest):
    backend = "docker"
    own = None

    @classmethod
    def setUpClass(cls):
        cls.own = OwnEngine(pathlib.Path(OPTIONS.fixtures).parent)
        cls.addClassCleanup(cls.own.remove)

    def address(self):
        return self.own.address

    def setUp(self):
        super().setUp()
        self.addCleanup(self.own.bring_back)
        self.flag = self.project.path / "flag"

    def meet(self, number, process, flag=False):
        """How a ctestbed ends whose daemon gets this signal now; `flag`: its test may end then."""
        self.own.signal(number)
        if flag:
            self.flag.touch()
        start = time.monotonic()
        ended = self.project.finish(process, ENDS_WITHIN)
        print(f"{self.id()}: {time.monotonic() - start:.1f} s", file=sys.stderr)
        return ended

    def expect_event(self, kind):
        def told():
            return any(report.of(kind) for report in self.project.reports())

        self.assertTrue(wait_until(told, 30), kind)

    def expect_swept(self):
        """With the daemon back, one command is enough."""
        self.own.bring_back()
        wait_until(lambda: not self.project.supervisors(), 30)
        ended = self.expect(0, "status")
        self.assertEqual(self.ours(), [], ended)
        self.expect_clean()
        self.assertEqual(list(self.everything()), [])

    def everything(self):
        """On the engine, but for its own networks."""
        return [thing for thing in self.engine.things()
                if not (thing[0] == "networks" and thing[2] in ("bridge", "host", "none"))]

    def runs_one(self):
        return any(self.engine.is_running(key) for kind, key, _, labels in list(self.engine.things())
                   if kind == "containers" and labels.get(ENVIRONMENT) in self.environments())

    def deploy_meets(self, number):
        self.project.preset("late", boxed("hang", name="base", ready={"http": "/", "within": "100s"}))
        self.project.suite("never", "late")
        process = self.project.start("run", "--suite", "never")
        self.expect_event("node-starting")
        self.assertTrue(wait_until(self.runs_one, 30))
        ended = self.meet(number, process)
        self.assertEqual(ended.code, 3, ended)
        self.expect_verdicts({"never@late": "blocked"})
        message = self.project.report().of("environment-failed")[0]["message"]
        # Out of reach, ended with its daemon, or the answer to its start was lost.
        self.assertRegex(message, r"^node 'base' (is out of reach: engine at|exited|was killed|cannot be deployed: )")
        self.expect_swept()

    def run_meets(self, number, code, verdict, flag=False):
        self.project.script("asks", "chain", ASK.format(flag=self.flag))
        process = self.project.start("run", "--suite", "asks")
        self.expect_event("run-started")
        ended = self.meet(number, process, flag)
        self.assertEqual(ended.code, code, ended)
        self.expect_verdicts({"asks@chain": verdict})
        return ended

    def teardown_meets(self, number):
        deaf = (boxed("ignore_term", name=name, services=[name], stop={"grace": "3s"}) for name in "ab")
        self.project.preset("deaf", *deaf)
        self.project.script("short", "deaf", "true")
        process = self.project.start("run", "--suite", "short")
        self.expect_event("environment-removing")
        ended = self.meet(number, process)
        self.expect_verdicts({"short@deaf": "passed"})
        self.own.bring_back()
        if ended.code == 0:
            # A daemon that is ending may remove a network, say so, and have it again afterwards.
            self.assertLessEqual(len(self.ours()), 1)
            self.expect(0, "clean")
            self.assertEqual(self.ours(), [])
        else:
            self.assertEqual(ended.code, 6, ended)
            self.assertRegex(ended.stderr, "ctestbed: left behind: (engine at|cannot be removed from)")
        self.expect_swept()
        return ended.code


class Ends(FaultTest):
    def test_mid_deploy(self):
        self.deploy_meets(signal.SIGTERM)

    def test_mid_run(self):
        ended = self.run_meets(signal.SIGTERM, 3, "error")
        self.assertRegex(ended.stdout, r"node '(base|main)' .* while the suite ran")
        self.expect_swept()

    def test_mid_teardown(self):
        self.teardown_meets(signal.SIGTERM)


class Dies(FaultTest):
    def test_mid_deploy(self):
        self.deploy_meets(signal.SIGKILL)

    def test_mid_run(self):
        ended = self.run_meets(signal.SIGKILL, 3, "error")
        self.assertRegex(ended.stdout, r"node '(base|main)' is out of reach: engine at .* while the suite ran")
        self.expect_swept()

    def test_mid_teardown(self):
        self.assertEqual(self.teardown_meets(signal.SIGKILL), 6)

    def test_restarted_mid_teardown(self):
        """Who tears down waits for it."""
        environment = self.deploy("chain")
        process = self.project.start("teardown", environment["id"])
        self.expect_event("environment-removing")
        self.own.signal(signal.SIGKILL)
        self.own.bring_back()
        ended = self.project.finish(process, ENDS_WITHIN)
        self.assertIn(ended.code, (0, 6), ended)
        if ended.code == 0:
            self.assertEqual(self.ours(), [])
        self.expect_swept()


class Hangs(FaultTest):
    def test_mid_deploy(self):
        self.deploy_meets(signal.SIGSTOP)

    def test_mid_run(self):
        """The nodes are well: only that they stay is bad."""
        ended = self.run_meets(signal.SIGSTOP, 6, "passed", flag=True)
        self.assertIn("ctestbed: left behind: engine at", ended.stderr)
        self.expect_swept()

    def test_mid_teardown(self):
        self.assertEqual(self.teardown_meets(signal.SIGSTOP), 6)

    def test_for_a_moment(self):
        self.project.script("asks", "chain", ASK.format(flag=self.flag))
        process = self.project.start("run", "--suite", "asks")
        self.expect_event("run-started")
        self.own.signal(signal.SIGSTOP)
        time.sleep(1)  # for so long it hangs
        self.own.signal(signal.SIGCONT)
        self.flag.touch()
        self.assertEqual(self.project.finish(process, ENDS_WITHIN).code, 0)
        self.expect_clean()
        self.expect_nothing_left()


class Cycles(FaultTest):
    def test_nothing_grows(self):
        self.expect(0, "run")
        before = sorted(self.engine.things())
        for _ in range(20):
            self.expect(0, "run")
        self.assertEqual(sorted(self.engine.things()), before)
        self.assertEqual(self.everything(), [])
        self.assertEqual(len(self.environments()), 21)


if __name__ == "__main__":
    if not address_of("docker") and not is_required("docker"):
        print("skipped: no docker: ci/test --require docker")
        sys.exit(77)
    main()
