"""The plugin's FraudApp."""

import pulumi

from ..confluent.settings import StreamingSettings
from ..fraud_app import app
from ..fraud_app.args import EPISODE_HOURS, FraudAppArgs
from .component import PluginComponent, Values, build, plugin_schema


@plugin_schema(FraudAppArgs, overrides={"thresholds": StreamingSettings | None})
class FraudApp(PluginComponent):
    """The transactions app on its own EKS cluster, behind a load balancer.

    `thresholds` are the settings of ConfluentStreaming.
    """

    url: pulumi.Output[str]
    load_balancer_host: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        streaming = build(StreamingSettings, args.pop("thresholds", {}))
        thresholds = {**streaming.thresholds, EPISODE_HOURS: streaming.episode_hours}
        made = app.FraudApp(name, build(FraudAppArgs, args, thresholds=thresholds), self._child)
        self._set_outputs(url=made.url, load_balancer_host=made.load_balancer_host, kubeconfig=made.kubeconfig)
