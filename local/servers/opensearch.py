"""OpenSearch, one node without the security plugin, on the loopback address."""

from __future__ import annotations

import shutil

from local.servers import jars, loopback
from local.servers.children import Children
from local.servers.jvm import JRE, QUICK, java
from local.servers.server import Server
from local.servers.unprivileged import lend, own

VERSION = "3.1.0"

NODE = """\
cluster.name: local
node.name: local
discovery.type: single-node
network.host: {host}
http.port: {port}
transport.port: {transport}
# The sink recreates a deleted index with the contract's mapping; OpenSearch would guess one.
action.auto_create_index: false
"""

LOGGING = """\
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
appender.console.name=console
appender.console.type=CONSOLE
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %-5p %c{1} %m%n
"""

# Modules that OpenSearch loads as plugins: folder, class, prefixes of their jars.
MODULES = (
    ("transport-netty4", "org.opensearch.transport.Netty4ModulePlugin", ("netty", "transport-netty4")),
    ("mapper-extras", "org.opensearch.index.mapper.MapperExtrasModulePlugin", ("mapper-extras",)),
)

DESCRIPTOR = """\
description={name}
version={version}
name={name}
classname={main}
java.version=21
opensearch.version={version}
extended.plugins=
has.native.controller=false
"""


class OpenSearch(Server):
    """Maven has OpenSearch's jars but not its archive, so `prepare` builds the archive's folder from the jars."""

    name = "opensearch"
    unprivileged = True
    niceness = 10  # no other server waits for it

    def __init__(self, children: Children) -> None:
        super().__init__(children)
        self.port, self._transport = loopback.free(2)

    @property
    def url(self) -> str:
        return loopback.url(self.port)

    def prepare(self) -> None:
        for name in ("lib", "config", "data", "logs", "plugins", "tmp"):
            (self.folder / name).mkdir()
        self._java = lend(JRE.parent, JRE.name, to=self.folder.parent) / JRE.name / "bin" / "java"
        left = list(jars.classpath("opensearch"))
        for name, main, starts in MODULES:
            # A plugin has its own class loader and needs its jars beside its descriptor.
            module = self.folder / "modules" / name
            module.mkdir(parents=True)
            for jar in [jar for jar in left if jar.name.startswith(starts)]:
                left.remove(jar)
                shutil.copyfile(jar, module / jar.name)
            descriptor = DESCRIPTOR.format(name=name, main=main, version=VERSION)
            (module / "plugin-descriptor.properties").write_text(descriptor, encoding="utf-8")
        for jar in left:
            shutil.copyfile(jar, self.folder / "lib" / jar.name)
        config = self.folder / "config"
        node = NODE.format(host=loopback.HOST, port=self.port, transport=self._transport)
        (config / "opensearch.yml").write_text(node, encoding="utf-8")
        (config / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
        (config / "jvm.options").touch()
        own(self.folder)

    def command(self) -> list[str]:
        return java(
            QUICK,  # saves a third of the CPU time of the start
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            f"-Dopensearch.path.home={self.folder}",
            f"-Dopensearch.path.conf={self.folder}/config",
            "-Dopensearch.distribution.type=tar",
            "--add-opens=java.base/java.nio.file=ALL-UNNAMED",
            heap="512m",
            classpath=[self.folder / "lib" / "*"],
            program=self._java,
            main=["org.opensearch.bootstrap.OpenSearch"],
        )

    def is_ready(self) -> bool:
        return loopback.serves(self.url, seconds=1)
