"""Cases of policy/controls/storage.py: keys, secrets, logs and images at rest."""

from __future__ import annotations

from policy.inputs import SECRET
from tests.policy.build import GONE, but, case, make
from tests.policy.cases.shared import KEY

KMS_KEY = make("aws:kms/key:Key", {"enableKeyRotation": True})

STORED = make("aws:secretsmanager/secret:Secret", {"kmsKeyId": KEY})

PARAMETER = make("aws:ssm/parameter:Parameter", {"type": "SecureString", "keyId": KEY, "value": SECRET})

LOG_GROUP = make("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 30, "kmsKeyId": KEY})

REPOSITORY = make(
    "aws:ecr/repository:Repository",
    {
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
    },
)

STORAGE = {
    "keys-are-rotated": case(
        bad=[
            but(KMS_KEY, "enableKeyRotation", to=GONE),
            but(KMS_KEY, "enableKeyRotation", to=False),
            make(KMS_KEY.type, {"customerMasterKeySpec": "SYMMETRIC_DEFAULT"}),
        ],
        good=[KMS_KEY, make("aws:kms/key:Key", {"customerMasterKeySpec": "RSA_2048"})],
    ),
    "secrets-are-under-the-stacks-key": case(
        bad=[but(STORED, "kmsKeyId", to=GONE), but(PARAMETER, "keyId", to=GONE)],
        good=[STORED, PARAMETER, make("aws:ssm/parameter:Parameter", {"type": "String", "value": "x"})],
    ),
    "logs-expire-and-are-encrypted": case(
        bad=[
            but(LOG_GROUP, "retentionInDays", to=GONE),
            but(LOG_GROUP, "retentionInDays", to=0),
            but(LOG_GROUP, "kmsKeyId", to=GONE),
        ],
        good=[LOG_GROUP],
    ),
    "images-are-immutable-and-scanned": case(
        bad=[
            but(REPOSITORY, "imageTagMutability", to="MUTABLE"),
            but(REPOSITORY, "imageTagMutability", to="MUTABLE_WITH_EXCLUSION"),
            but(REPOSITORY, "imageTagMutability", to=GONE),
            but(REPOSITORY, "imageScanningConfiguration", "scanOnPush", to=False),
            but(REPOSITORY, "encryptionConfigurations", to=GONE),
            but(REPOSITORY, "encryptionConfigurations", 0, "kmsKey", to=GONE),
            but(REPOSITORY, "encryptionConfigurations", 0, "encryptionType", to="AES256"),
        ],
        good=[REPOSITORY],
    ),
}
