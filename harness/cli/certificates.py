"""Certificates for tests of TLS on 127.0.0.1."""
import subprocess


def make_certificates(folder):
    """ca.pem, and what it signed: server.pem for 127.0.0.1 and me.pem for a client, with .key."""
    folder.mkdir()
    (folder / "server.cnf").write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    (folder / "me.cnf").write_text("keyUsage=digitalSignature\n", encoding="utf-8")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    commands = [["req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA"]]
    for name in ("server", "me"):
        commands += [
            ["req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}"],
            ["x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
             "-CAcreateserial", "-out", f"{name}.pem", "-extfile", f"{name}.cnf"]]
    for command in commands:
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
