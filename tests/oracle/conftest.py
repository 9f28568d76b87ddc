"""A host for the bootstrap: a folder in place of `/`, and stubs in place of the programs that change a machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from components.oracle import document
from components.oracle.names import APP_USER, XSTREAM_ADMIN, XSTREAM_USER

IMAGE = "registry.example/oracle-xe@sha256:" + "a" * 64
BUILT = document.build(region="us-east-1", image=IMAGE, recovery_gib=25)
VOLUME = "vol-0123456789abcdef0"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:oracle-AbCdEf"
USERS = ("SYS", "SYSTEM", XSTREAM_ADMIN, APP_USER, XSTREAM_USER)
STUBS = Path(__file__).parent / "stubs"


def unpack_script(target: Path) -> str:
    """The shell script that SSM runs on the host, with another target folder and SSM's parameters filled in."""
    step = json.loads(BUILT.content)["mainSteps"][0]
    text = "\n".join(step["inputs"]["runCommand"]).replace("target=/opt/oracle-bootstrap", f"target={target}")
    assert str(target) in text, "the files would be written to this machine's /opt"
    return text.replace("{{ SecretArn }}", SECRET_ARN).replace("{{ VolumeId }}", VOLUME)


def substituted(script: str) -> str:
    """A script as SQL*Plus runs it: `&name` becomes the value of `DEFINE name = 'value'`, a period after it ends it."""
    values = dict(re.findall(r"^DEFINE (\w+) = '(.*)'$", script, re.MULTILINE))
    kept = [line for line in script.splitlines() if not line.startswith("DEFINE ")]
    filled = re.sub(r"&(\w+)\.?", lambda found: values[found[1]], "\n".join(kept))
    return "\n".join(line.rstrip() for line in filled.split("\n"))


class Host:
    """One host with its volume, its container and what the stubs have recorded."""

    def __init__(self, root: Path, files: Path) -> None:
        self.root, self.files, self.state = root, files, root / "stub-state"
        (self.state / "db").mkdir(parents=True)
        device = root / f"dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{VOLUME.replace('-', '')}"
        device.parent.mkdir(parents=True)
        device.touch()
        (root / "etc").mkdir()
        self.ready = root / "var/lib/oracle-bootstrap/ready"
        self.keep_secret("1", {user: f"pFirst{number}of{user[:3]}Xyz" for number, user in enumerate(USERS)})

    def keep_secret(self, version: str, passwords: dict[str, str]) -> None:
        self.passwords = passwords
        secret = {"VersionId": version, "SecretString": json.dumps(passwords)}
        self.tell("secret.json", json.dumps(secret))

    def tell(self, name: str, text: str = "") -> None:
        """Tell the stubs something."""
        (self.state / name).write_text(text)

    def forget(self, *names: str) -> None:
        for name in names:
            (self.state / name).unlink(missing_ok=True)

    def run(self, command: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the bootstrap; what the stubs recorded before is forgotten."""
        self.forget("calls", "changes", "sql")
        environment = {
            "PATH": f"{STUBS}:{os.environ['PATH']}",
            "STUB_STATE": str(self.state),
            "HOST_ROOT": str(self.root),
            "SECRET_ARN": SECRET_ARN,
            "VOLUME_ID": VOLUME,
            "POLL_SECONDS": "0",
            **dict.fromkeys(("DEVICE_SECONDS", "CREATE_SECONDS", "OPEN_SECONDS", "CAPTURE_SECONDS"), "0"),
        }
        command = command or ["bash", str(self.files / "bootstrap.sh")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    def lines(self, name: str) -> list[str]:
        path = self.state / name
        return path.read_text().splitlines() if path.exists() else []

    @property
    def sql(self) -> list[str]:
        """What SQL*Plus was given, script by script, with its variables filled in and the passwords by user."""
        scripts = (self.state / "sql").read_text().split("\0")[:-1]
        return [substituted(self._without_passwords(script)) for script in scripts]

    def _without_passwords(self, text: str) -> str:
        for user, password in self.passwords.items():
            text = text.replace(password, f"<password of {user}>")
        return text

    @property
    def log(self) -> str:
        return (self.root / "var/log/oracle-bootstrap.log").read_text()


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Host, subprocess.CompletedProcess[str]]:
    """A new host, on which the document has run as SSM runs it. To be read only."""
    folder = tmp_path_factory.mktemp("first")
    made = Host(folder / "host", folder / "files")
    return made, made.run(["sh", "-c", unpack_script(folder / "files")])


@pytest.fixture
def host(first_run: tuple[Host, object], tmp_path: Path) -> Host:
    """A new host with an empty volume and the unpacked files."""
    return Host(tmp_path / "host", first_run[0].files)


@pytest.fixture
def finished(first_run: tuple[Host, object], tmp_path: Path) -> Host:
    """A host on which the bootstrap has passed once."""
    before = first_run[0]
    copy = Host(tmp_path / "host", before.files)
    shutil.copytree(before.root, copy.root, dirs_exist_ok=True)
    return copy
