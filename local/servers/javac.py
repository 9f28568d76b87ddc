"""Compiles local/java on first use, into the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from local.errors import RunError
from local.servers import jars, places, shell
from local.servers.jvm import JAVA, QUICK

SOURCES = Path(__file__).resolve().parents[1] / "java"
RELEASE = "21"
MAIN = "org.eclipse.jdt.internal.compiler.batch.Main"


def compiled(name: str, classpath: Sequence[Path]) -> Path:
    """The jar of `local/java/<name>`: its classes and its other files, for example META-INF.

    It is a jar because start-up caches ignore classes in folders. Raises RunError with the compiler's message.
    """
    files = sorted(file for file in (SOURCES / name).rglob("*") if file.is_file())
    digest = hashlib.sha256("\n".join([RELEASE, *map(str, classpath)]).encode())
    for file in files:
        digest.update(b"\0" + str(file.relative_to(SOURCES)).encode() + b"\0" + file.read_bytes())
    compiler = jars.classpath("ecj")

    def make(jar: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            _compile(compiler, [file for file in files if file.suffix == ".java"], classpath, Path(folder))
            _pack(files, SOURCES / name, Path(folder), jar)

    return places.once(f"java-{name}-{digest.hexdigest()[:16]}.jar", make)


def _compile(ecj: Sequence[Path], sources: Sequence[Path], classpath: Sequence[Path], target: Path) -> None:
    compiler, known = (os.pathsep.join(map(str, each)) for each in (ecj, classpath))
    options = ["-source", RELEASE, "-target", RELEASE, "-proc:none", "-nowarn", "-encoding", "UTF-8"]
    command = [str(JAVA), QUICK, "-cp", compiler, MAIN, *options, "-cp", known, "-d", str(target)]
    done = subprocess.run(
        [*command, *map(str, sources)], capture_output=True, text=True, check=False, env=shell.environment()
    )
    if done.returncode != 0:
        raise RunError(
            f"The Java of local/java/{sources[0].parent.name} does not compile:\n{(done.stderr or done.stdout).strip()}"
        )


def _pack(files: Sequence[Path], beside: Path, classes: Path, jar: Path) -> None:
    entries = {file.relative_to(classes): file for file in classes.rglob("*.class")}
    entries |= {file.relative_to(beside): file for file in files if file.suffix != ".java"}
    with zipfile.ZipFile(jar, "w") as archive:
        for name, file in sorted(entries.items()):
            archive.write(file, name.as_posix())
