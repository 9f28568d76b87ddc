"""FraudApp, for programs in other languages."""

import pulumi

from ..confluent.settings import StreamingSettings
from ..fraud_app import app
from ..fraud_app.args import FraudAppArgs
from .crossing import Crossing, Values, build, crossing


@crossing(FraudAppArgs, instead={"thresholds": StreamingSettings | None})
class FraudApp(Crossing):
    """The transactions app on an EKS cluster of its own, behind a load balancer."""

    url: pulumi.Output[str]
    load_balancer_host: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        thresholds = build(StreamingSettings, args.pop("thresholds", {})).thresholds
        made = app.FraudApp(name, build(FraudAppArgs, args, thresholds=thresholds), self._child)
        self._give(url=made.url, load_balancer_host=made.load_balancer_host, kubeconfig=made.kubeconfig)
