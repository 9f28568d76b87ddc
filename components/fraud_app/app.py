"""FraudApp: the transactions app with its cluster, image, pods and load balancer."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from ..alarms import Alarm
from ..network.security import Peer, allow_ingress
from . import api_clients, cluster, image, ingress, namespace, network_policy, workload
from .alarms import cluster_alarms
from .args import FraudAppArgs


class FraudApp(pulumi.ComponentResource):
    """An EKS cluster in auto mode, named like the component, that runs the Django app behind a load balancer.

    `url` is the page's address and `load_balancer_host` the target for a DNS record of `hostname`; both are "" without
    a load balancer. `kubeconfig` and `api_keys`, the keys of the API's clients by name, are secret. The component
    creates the Kubernetes provider, which needs the cluster.
    """

    url: pulumi.Output[str]
    load_balancer_host: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    alarms: tuple[Alarm, ...]
    api_keys: pulumi.Output[dict[str, str]]
    seed: pulumi.Resource
    """Creates the users and a first payment."""

    def __init__(self, name: str, args: FraudAppArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:app:FraudApp", name, None, opts)
        child = ResourceOptions(parent=self)
        eks = cluster.make_cluster(name, args, child)
        self.kubeconfig = cluster.kubeconfig(eks, args.context.region)
        metrics = cluster.make_metrics_server(name, eks, child)
        database_open = allow_ingress(
            f"{name}-oracle-ingress",
            group_id=args.database_security_group_id,
            peer=Peer(group_id=eks.cluster_security_group_id),
            port=args.database.port,
            description="Pods of the app to Oracle",
            opts=child,
        )
        inside = ResourceOptions(parent=self, provider=cluster.make_provider(name, eks, self.kubeconfig, child))
        keys = api_clients.make_keys(name, args.settings.api_clients, child)
        self.api_keys = pulumi.Output.secret(pulumi.Output.all(**keys))
        runtime = namespace.make_runtime(name, args, image.image_reference(name, args, child), keys, inside)
        policies = network_policy.make_network_policies(name, args, runtime, inside)
        self.seed = workload.make_seed(name, runtime, [database_open, *args.database_ready, *policies], inside)
        web = workload.make_web(name, args, runtime, [self.seed], inside)
        workload.make_scaling(name, args, runtime, [web, metrics], inside)
        if args.settings.generator_rate:
            workload.make_generator(name, args, runtime, [self.seed], inside)
        page = ingress.make_ingress(name, args, runtime, web, inside)
        self.url = ingress.page_url(args, page)
        self.alarms = cluster_alarms(name)
        self.load_balancer_host = ingress.load_balancer_host(page)
        self.register_outputs({"url": self.url, "loadBalancerHost": self.load_balancer_host})
