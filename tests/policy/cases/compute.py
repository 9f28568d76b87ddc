"""Cases of policy/controls/compute.py: hosts and their disks."""

from __future__ import annotations

from tests.policy.build import GONE, but, case, make, optioned
from tests.policy.cases.shared import KEY

INSTANCE = make(
    "aws:ec2/instance:Instance",
    {
        "ami": "ami-1",
        "associatePublicIpAddress": False,
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1, "httpEndpoint": "enabled"},
        "rootBlockDevice": {"encrypted": True, "kmsKeyId": KEY},
        "userData": "#!/bin/sh\nPASSWORD=$(aws secretsmanager get-secret-value --secret-id oracle)\n",
    },
    ignore_changes=("ami",),
)

TEMPLATE = make(
    "aws:ec2/launchTemplate:LaunchTemplate",
    {
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "blockDeviceMappings": [{"deviceName": "/dev/sda1", "ebs": {"encrypted": "true", "kmsKeyId": KEY}}],
        "networkInterfaces": [{"associatePublicIpAddress": "false"}],
    },
)

VOLUME = make("aws:ebs/volume:Volume", {"encrypted": True, "kmsKeyId": KEY, "size": 50})

COMPUTE = {
    "no-public-address-on-hosts": case(
        bad=[
            but(INSTANCE, "associatePublicIpAddress", to=True),
            but(TEMPLATE, "networkInterfaces", 0, "associatePublicIpAddress", to="true"),
        ],
        good=[INSTANCE, TEMPLATE],
    ),
    "metadata-requires-a-token": case(
        bad=[
            but(INSTANCE, "metadataOptions", to=GONE),
            but(INSTANCE, "metadataOptions", "httpTokens", to="optional"),
            but(INSTANCE, "metadataOptions", "httpPutResponseHopLimit", to=2),
            but(TEMPLATE, "metadataOptions", "httpTokens", to=GONE),
        ],
        good=[INSTANCE, TEMPLATE, but(INSTANCE, "metadataOptions", to={"httpEndpoint": "disabled"})],
    ),
    "disks-are-encrypted": case(
        bad=[
            but(INSTANCE, "rootBlockDevice", to=GONE),
            but(INSTANCE, "rootBlockDevice", "encrypted", to=False),
            but(INSTANCE, "rootBlockDevice", "kmsKeyId", to=GONE),
            but(INSTANCE, "ebsBlockDevices", to=[{"deviceName": "/dev/sdf"}]),
            but(VOLUME, "encrypted", to=GONE),
            but(VOLUME, "kmsKeyId", to=GONE),
            but(TEMPLATE, "blockDeviceMappings", 0, "ebs", "encrypted", to="false"),
        ],
        good=[INSTANCE, VOLUME, TEMPLATE],
    ),
    "no-key-pairs": case(
        bad=[make("aws:ec2/keyPair:KeyPair", {"publicKey": "ssh-rsa"}), but(INSTANCE, "keyName", to="mine")],
        good=[INSTANCE, TEMPLATE],
    ),
    "hosts-keep-their-image": case(bad=[optioned(INSTANCE, ignore_changes=())], good=[INSTANCE]),
}
