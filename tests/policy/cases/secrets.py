"""Cases of policy/controls/secrets.py: where secrets are."""

from __future__ import annotations

import json

from policy.inputs import SECRET
from tests.policy.build import GONE, but, case, make
from tests.policy.cases.compute import INSTANCE, VOLUME
from tests.policy.cases.redshift import WAREHOUSE
from tests.policy.cases.storage import PARAMETER, STORED

COMMAND = make(
    "command:local:Command",
    {"create": "python3 -m components.wait", "environment": {"HOST": "db", "DB_PASSWORD": SECRET, "SECRET_ARN": "arn"}},
)

SSM_DOCUMENT = make("aws:ssm/document:Document", {"content": json.dumps({"run": ["systemctl start oracle"]})})

CONFIG_MAP = make(
    "kubernetes:core/v1:ConfigMap", {"data": {"ORACLE_HOST": "db", "PASSWORD_FILE": "/run/p", "URL": "https://x/y"}}
)

PASSWORD = make("random:index/randomPassword:RandomPassword", {"length": 30})

PRIVATE_KEY = make("tls:index/privateKey:PrivateKey", {"algorithm": "RSA", "rsaBits": 2048})

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE"

POD_VARIABLES = make(
    "kubernetes:core/v1:Pod",
    {
        "spec": {
            "containers": [
                {"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]}
            ]
        }
    },
)

SECRETS = {
    "no-plaintext-secrets": case(
        bad=[
            but(COMMAND, "environment", "DB_PASSWORD", to="hunter2"),
            but(WAREHOUSE, "masterPassword", to="hunter2"),
            *(
                make("any:index/thing:Thing", {key: "hunter2"})
                for key in (
                    "password",
                    "passwords",
                    "passwd",
                    "passphrase",
                    "clientSecret",
                    "authToken",
                    "private.key",
                    "secretKey",
                    "secretString",
                    "secretBinary",
                    "ACCESS_KEY",
                    "apiKey",
                )
            ),
            make("pulumi:providers:snowflake", {"privateKey": PEM}),
            make("any:index/thing:Thing", {"passwords": ["hunter2"]}),
            make("any:index/thing:Thing", {"users": [{"name": "a"}, {"name": "b", "password": "hunter2"}]}),
            make("confluentcloud:index/kafkaTopic:KafkaTopic", {"credentials": {"key": "K", "secret": "s"}}),
            but(POD_VARIABLES, "spec", "containers", 0, "env", 0, "value", to="hunter2"),
        ],
        good=[
            COMMAND,
            WAREHOUSE,
            POD_VARIABLES,
            STORED,
            PASSWORD,
        ],
    ),
    "stored-secrets-are-secret": case(
        bad=[
            make("aws:secretsmanager/secretVersion:SecretVersion", {"secretString": "hunter2"}),
            but(PARAMETER, "value", to="hunter2"),
        ],
        good=[
            make("aws:secretsmanager/secretVersion:SecretVersion", {"secretString": SECRET}),
            PARAMETER,
            make("aws:ssm/parameter:Parameter", {"type": "String", "value": "x"}),
        ],
    ),
    "generated-secrets-are-strong": case(
        bad=[but(PASSWORD, "length", to=19), but(PRIVATE_KEY, "rsaBits", to=2047)],
        good=[PASSWORD, but(PASSWORD, "length", to=20), PRIVATE_KEY, but(PRIVATE_KEY, "rsaBits", to=GONE)],
    ),
    "no-secrets-in-user-data": case(
        bad=[
            but(INSTANCE, "userData", to=SECRET),
            but(INSTANCE, "userData", to="export ORACLE_PASSWORD=hunter2"),
            but(INSTANCE, "userData", to=PEM),
            but(INSTANCE, "userDataBase64", to="ZXhwb3J0IFBBU1NXT1JEPWh1bnRlcjI="),
        ],
        good=[INSTANCE, but(INSTANCE, "userData", to="curl -H 'X-aws-ec2-metadata-token: $TOKEN' http://x/")],
    ),
    "no-secrets-on-command-lines": case(
        bad=[
            but(COMMAND, "create", to=SECRET),
            but(COMMAND, "create", to="curl https://admin:hunter2@search/"),
            but(COMMAND, "update", to=SECRET),
            but(COMMAND, "delete", to="echo AKIAABCDEFGHIJKLMNOP"),
            make("command:remote:Command", {"create": SECRET}),
        ],
        good=[COMMAND],
    ),
    "no-secrets-in-documents": case(
        bad=[
            but(SSM_DOCUMENT, "content", to=SECRET),
            but(SSM_DOCUMENT, "content", to="ALTER USER x PASSWORD 'hunter2'"),
        ],
        good=[SSM_DOCUMENT],
    ),
    "no-secrets-in-config-maps": case(
        bad=[
            but(CONFIG_MAP, "data", "ORACLE_PASSWORD", to="hunter2"),
            but(CONFIG_MAP, "data", "ORACLE_HOST", to=SECRET),
            but(CONFIG_MAP, "data", "URL", to="https://me:hunter2@x/"),
            but(CONFIG_MAP, "binaryData", to={"key.der": SECRET}),
        ],
        good=[CONFIG_MAP],
    ),
    "no-secrets-in-tags-and-descriptions": case(
        bad=[
            but(VOLUME, "tags", to={"Name": SECRET}),
            *(but(STORED, shown, to=PEM) for shown in ("description", "comment", "displayName")),
            but(CONFIG_MAP, "metadata", to={"labels": {"key": SECRET}}),
            but(CONFIG_MAP, "metadata", to={"annotations": {"url": "https://me:hunter2@x/"}}),
        ],
        good=[VOLUME, STORED, CONFIG_MAP],
    ),
}
