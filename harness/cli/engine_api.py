"""A container engine as tests look at it: by its API over its socket, without any client program."""
import http.client
import json
import os
import socket
import urllib.parse

IMAGE = "localhost/ctestbed/misbehaving:dev"
ENVIRONMENT = "ctestbed.environment"


def address_of(name):
    """Where the engine `name` listens, unix:///...; empty where tests have none."""
    return os.environ.get(f"CTESTBED_TEST_{name.upper()}", "")


def is_required(name):
    return name in os.environ.get("CTESTBED_REQUIRE", "").split(",")


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path, timeout):
        super().__init__("engine", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """What is on an engine: of one environment or of several, or all of it."""

    def __init__(self, address):
        self.address = address
        self.path = address.removeprefix("unix://")

    def call(self, method, path, body=None, timeout=30):
        """Status and what the answer says; OSError when there is none in time."""
        connection = Connection(self.path, timeout)
        try:
            connection.request(method, "/v1.41" + path, None if body is None else json.dumps(body),
                               {} if body is None else {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            return answer.status, json.loads(text) if text.strip() else None
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"{self.path}: {error}") from error
        finally:
            connection.close()

    def get(self, path):
        status, answer = self.call("GET", path)
        if status != 200:
            raise OSError(f"{self.path}: {path}: {status} {answer}")
        return answer

    def answers(self):
        try:
            return self.call("GET", "/version", timeout=2)[0] == 200
        except OSError:
            return False

    def things(self, **labels):
        """(kind, id, name, labels) of containers, networks and volumes that bear these labels."""
        names = [f"{name.replace('_', '.')}={value}" if value else name.replace("_", ".")
                 for name, value in labels.items()]
        query = urllib.parse.urlencode({"all": 1, "filters": json.dumps({"label": names} if names else {})})
        for item in self.get(f"/containers/json?{query}"):
            yield "containers", item["Id"], item["Names"][0].lstrip("/"), item["Labels"] or {}
        for item in self.get(f"/networks?{query}"):
            yield "networks", item["Id"], item["Name"], item["Labels"] or {}
        for item in self.get(f"/volumes?{query}")["Volumes"] or []:
            yield "volumes", item["Name"], item["Name"], item["Labels"] or {}

    def of(self, environments):
        """Names of what there is of these environments."""
        return sorted(f"{kind} {name}" for kind, _, name, labels in self.things(ctestbed_environment="")
                      if labels.get(ENVIRONMENT) in environments)

    def remove(self, environments):
        """What a failed test may have left."""
        for kind, key, _, labels in list(self.things(ctestbed_environment="")):
            if labels.get(ENVIRONMENT) in environments:
                self.call("DELETE", f"/{kind}/{key}" + ("?force=1&v=1" if kind == "containers" else ""))

    def start(self, name, *command):
        """A container that ctestbed knows nothing of; its id."""
        status, made = self.call("POST", f"/containers/create?name={name}", {
            "Image": IMAGE, "Cmd": command, "HostConfig": {"NetworkMode": "none"}})
        if status != 201:
            raise OSError(f"{self.path}: {name}: {status} {made}")
        status, answer = self.call("POST", f"/containers/{made['Id']}/start")
        if status != 204:
            self.call("DELETE", f"/containers/{made['Id']}?force=1&v=1")
            raise OSError(f"{self.path}: {name}: {status} {answer}")
        return made["Id"]

    def is_running(self, key):
        return self.get(f"/containers/{key}/json")["State"]["Running"]
