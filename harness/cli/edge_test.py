#!/usr/bin/env python3
"""Runs suites of WebSockets against realm, which speaks them by a library of its own."""
import json
import pathlib
import re
import shutil

from certificates import make_certificates
from temp_project import ProgramTest, main

DATA = pathlib.Path(__file__).resolve().parent / "testdata" / "edge"
ERRORS = pathlib.Path(__file__).resolve().parents[2] / "suites" / "errors"


class Edge(ProgramTest):
    def setUp(self):
        super().setUp()
        certificates = self.project.path / "certs"
        make_certificates(certificates)
        self.project.preset("edge", {
            "name": "main", "services": ["gw", "api"],
            "run": {"command": ["realm", "--http", "${port.http}", "--https", "${port.https}",
                                "--tls-cert", str(certificates / "server.pem"),
                                "--tls-key", str(certificates / "server.key")]},
            "ports": {"http": 8080, "https": 8443},
            "environment": {"TESTING_SERVICE_ENABLED": "true"},
            "ready": {"http": "/health", "port": "http", "within": "10s"}})

    def take(self, *names):
        """Suites as written; where they run is said by the one line that is added."""
        for name in names:
            text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
            self.project.write(f"suites/{name}.yaml", text + "needs: {preset: edge}\n")

    def cases(self):
        return {f"{event['suite']}: {event['name']}": event["verdict"]
                for event in self.project.report().of("case-finished")}

    def test_examples(self):
        self.take("echo", "rooms", "robustness")
        ended = self.expect(0, "run")
        self.assertEqual(self.cases(), {name: "passed" for name in (
            "echo: text, binary, ping",
            "echo: an unknown subprotocol is refused before the upgrade",
            "rooms: a post reaches the room and nobody else",
            "robustness: a dropped client gets what it missed, in order",
            "robustness: a protocol error gets its close code (bad UTF-8)",
            "robustness: a protocol error gets its close code (fragmented ping)",
            "robustness: a protocol error gets its close code (reserved opcode)",
            "robustness: a protocol error gets its close code (unmasked frame)",
            "robustness: three fragments with a ping between them, compressed",
            "robustness: a slow reader does not stall a fast one")})
        self.expect_consistent(ended)
        self.expect_clean()

    def test_failures(self):
        """Failures name their cause and show the traffic; all frames are in a file."""
        self.take("wrong")
        self.expect(1, "run")
        finished = self.project.report().of("case-finished")
        self.assertEqual({event["verdict"] for event in finished}, {"failed"})
        text = "".join(f"=== {event['name']}\n{event['message']}\n{event['detail']}"
                       for event in finished)
        self.expect_golden(normalised(text), DATA / "wrong.txt")
        for path in re.findall(r"frames  (\S+)", text):
            frames = pathlib.Path(path).read_text(encoding="utf-8")
            self.assertNotIn("open-sesame", frames)
            for line in frames.splitlines():
                self.assertIn(json.loads(line)["client"], ("alice", "bob"))
        self.assertNotIn("open-sesame", text)
        self.expect_clean()

    def test_certificates(self):
        """A server that the suite's CA does not vouch for is no server."""
        self.take("rooms")
        shutil.rmtree(self.project.path / "certs")
        make_certificates(self.project.path / "certs")
        (self.project.path / "suites" / "rooms.yaml").write_text(
            (DATA / "rooms.yaml").read_text(encoding="utf-8").replace("ca: ../certs/ca.pem",
                                                                      "host: example.org")
            + "needs: {preset: edge}\n", encoding="utf-8")
        self.expect(1, "run")
        self.assertIn("TLS: the certificate does not hold",
                      self.project.report().of("case-finished")[0]["message"])

    def test_mistakes(self):
        """Every mistake of a suite is located and explained before anything runs."""
        shutil.copy(ERRORS / "presets" / "ok.yaml", self.project.path / "presets")
        for path in sorted((ERRORS / "edge").glob("*.yaml")):
            with self.subTest(path.stem):
                suite = self.project.path / "suites" / path.name
                shutil.copy(path, suite)
                self.expect_golden(self.expect(2, "validate").stderr, path.with_suffix(".err"))
                suite.unlink()


def normalised(text):
    """Without what differs from run to run: times, ports, paths."""
    text = re.sub(r"\+\d+\.\d{3}", "+T.TTT", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r" +\d+ in \d+\.\d ms", " STATUS in N ms", text)
    return re.sub(r"frames  \S+/(frames\.\d+\.jsonl)", r"frames  DIR/\1", text)


if __name__ == "__main__":
    main()
