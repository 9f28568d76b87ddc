"""Monitoring: the alarms of a deployment, who is told, a dashboard, and a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from .. import iam
from ..alarms import Alarm
from ..aws_context import AwsContext
from .dashboard import dashboard
from .settings import MonitoringSettings

SENDERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")
BUDGET_STEPS = (("ACTUAL", 80.0), ("FORECASTED", 100.0))
"""Kind of spending, per cent of the budget."""


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """`deployment` is the tag by which the budget finds the costs. `runbooks` is the address of docs/runbooks.md.

    The key of `context` must let CloudWatch and Budgets encrypt, as `EncryptionKey` does.
    """

    context: AwsContext
    alarms: Sequence[Alarm]
    deployment: str
    runbooks: str = "docs/runbooks.md"
    settings: MonitoringSettings = MonitoringSettings()

    def __post_init__(self) -> None:
        names = [alarm.name for alarm in self.alarms]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"alarms has {', '.join(twice)} twice; give each alarm its own name")


class Monitoring(pulumi.ComponentResource):
    """`topic_arn` is the topic that all messages go to, for other subscribers."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:aws:Monitoring", name, None, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self.topic_arn = self._topic()
        arns = [self._alarm(alarm).arn for alarm in args.alarms]
        aws.cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=name,
            dashboard_body=pulumi.Output.json_dumps(dashboard(args.context.region, args.alarms, arns)),
            opts=self._child,
        )
        if args.settings.monthly_budget:
            self._budget()
        self.register_outputs({"topicArn": self.topic_arn})

    def _topic(self) -> pulumi.Output[str]:
        topic = aws.sns.Topic(
            f"{self._name}-topic", name=self._name, kms_master_key_id=self._args.context.kms_key_arn, opts=self._child
        )
        policy = aws.sns.TopicPolicy(
            f"{self._name}-senders", arn=topic.arn, policy=self._senders(topic.arn), opts=self._child
        )
        for address in self._args.settings.alarm_emails:
            aws.sns.TopicSubscription(
                f"{self._name}-{address}", topic=topic.arn, protocol="email", endpoint=address, opts=self._child
            )
        # Nobody may send before the policy is there.
        return pulumi.Output.all(topic.arn, policy.id).apply(lambda known: str(known[0]))

    def _senders(self, topic_arn: pulumi.Output[str]) -> pulumi.Output[str]:
        statement = {
            "Sid": "AlarmsAndBudgets",
            "Effect": "Allow",
            "Principal": {"Service": list(SENDERS)},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": self._args.context.account_id}},
        }
        return pulumi.Output.json_dumps(iam.document(statement))

    def _alarm(self, alarm: Alarm) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            f"{self._name}-{alarm.name}",
            name=f"{self._name}-{alarm.name}",
            alarm_description=f"{alarm.means} What to do: {self._args.runbooks}#{alarm.section}",
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=alarm.dimensions,
            statistic=alarm.statistic,
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            period=alarm.minutes * 60,
            evaluation_periods=alarm.periods,
            treat_missing_data=alarm.silence,
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
            opts=self._child,
        )

    def _budget(self) -> None:
        aws.budgets.Budget(
            f"{self._name}-budget",
            name=self._name,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(self._args.settings.monthly_budget),
            limit_unit="USD",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(
                    name="TagKeyValue", values=[f"user:Deployment${self._args.deployment}"]
                )
            ],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=per_cent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[self.topic_arn],
                )
                for kind, per_cent in BUDGET_STEPS
            ],
            opts=self._child,
        )
