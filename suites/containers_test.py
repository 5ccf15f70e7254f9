#!/usr/bin/env python3
"""usage: containers_test.py docker|podman CTESTBED

The shipped suites on the shipped presets, in containers of the engine that CTESTBED_TEST_DOCKER or
CTESTBED_TEST_PODMAN names (ci/test --require docker,podman): every run passes, as on processes, and
nothing is left.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "harness" / "cli"))
from engine_api import Engine, address_of, is_required  # noqa: E402

ENGINE, CTESTBED = sys.argv[1:3]
# Podman 4.3 forgets names for a moment whenever a container of any network comes or goes.
LANES = {"docker": "2", "podman": "1"}[ENGINE]
ADDRESS = {"docker": "DOCKER_HOST", "podman": "CONTAINER_HOST"}[ENGINE]


class Shipped(unittest.TestCase):
    def test_all_suites_pass(self):
        with tempfile.TemporaryDirectory(prefix="ctb-", dir="/tmp") as directory:
            results = pathlib.Path(directory) / "results"
            variables = os.environ | {ADDRESS: address_of(ENGINE), "CTESTBED_STATE_DIR": f"{directory}/state",
                                      "CTESTBED_HISTORY": "off",
                                      "PATH": f"{pathlib.Path(CTESTBED).parent}:{os.environ['PATH']}"}
            ended = subprocess.run([CTESTBED, "run", "--backend", ENGINE, "--lanes", LANES, "--out", results],
                                   cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
            events = [json.loads(line) for line in
                      (results / "events.ndjson").read_text(encoding="utf-8").splitlines()]
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertEqual(events[0]["backend"], ENGINE)
        self.assertGreater(sum(event["kind"] == "run-finished" for event in events), 100)
        environments = {event["environment"] for event in events if event["kind"] == "environment-deploying"}
        self.assertEqual(len(environments), int(LANES))
        self.assertEqual(Engine(address_of(ENGINE)).of(environments), [])


if __name__ == "__main__":
    if not address_of(ENGINE) and not is_required(ENGINE):
        print(f"skipped: no {ENGINE}: ci/test --require {ENGINE}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
