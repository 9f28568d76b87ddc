"""Questions to Kafka about topics and consumer groups, each with a time limit."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    ListOffsetsResultInfo,  # pyright: ignore[reportPrivateImportUsage] - has no __all__
    OffsetSpec,  # pyright: ignore[reportPrivateImportUsage]
)

PATIENCE_SECONDS = 1.5
MILLISECONDS = 1000
# librdkafka's own lines are no JSON; whoever asks tells its troubles.
QUIET = {"log_level": 2, "reconnect.backoff.max.ms": 1000}
# Flink always has a transaction open; of its records Kafka would tell no newest one that is committed.
ANY, COMMITTED = IsolationLevel.READ_UNCOMMITTED, IsolationLevel.READ_COMMITTED
Place = tuple[str, int]
"""A topic and a partition."""


class Questions:
    """Every question raises KafkaException when Kafka does not answer in time."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._admin: Any = AdminClient({**client, **QUIET})

    def partitions(self) -> dict[str, list[int]]:
        """The topics that this account may see."""
        found = self._admin.list_topics(timeout=PATIENCE_SECONDS).topics
        return {name: list(topic.partitions) for name, topic in found.items() if topic.error is None}

    def newest(self, places: Iterable[Place]) -> dict[str, float]:
        """The time of each topic's newest record, committed or not; nothing of empty topics."""
        found: dict[str, float] = {}
        for (topic, _), info in self._offsets(places, OffsetSpec.max_timestamp(), ANY).items():
            if info.timestamp > 0:
                found[topic] = max(found.get(topic, 0.0), info.timestamp / MILLISECONDS)
        return found

    def ends(self, places: Iterable[Place]) -> dict[Place, int]:
        """The offsets up to which everything is committed."""
        return {place: info.offset for place, info in self._offsets(places, OffsetSpec.latest(), COMMITTED).items()}

    def _offsets(
        self, places: Iterable[Place], spec: OffsetSpec | None, isolation: IsolationLevel
    ) -> dict[Place, ListOffsetsResultInfo]:
        wanted = {TopicPartition(topic, number): spec for topic, number in places}
        if not wanted:
            return {}
        answers: dict[TopicPartition, Future[Any]] = self._admin.list_offsets(
            wanted, isolation_level=isolation, request_timeout=PATIENCE_SECONDS
        )
        return {(place.topic, place.partition): _answer(one) for place, one in answers.items()}

    def groups(self, prefix: str) -> list[str]:
        """The groups that begin with the prefix, as far as this account may see them."""
        found = _answer(self._admin.list_consumer_groups(request_timeout=PATIENCE_SECONDS))
        return sorted(group.group_id for group in found.valid if group.group_id.startswith(prefix))

    def committed(self, group: str) -> dict[Place, int]:
        """The offsets that the group continues from; nothing of a group that has committed none."""
        (answer,) = self._admin.list_consumer_group_offsets(
            [ConsumerGroupTopicPartitions(group)], request_timeout=PATIENCE_SECONDS
        ).values()
        places: list[TopicPartition] = _answer(answer).topic_partitions or []
        return {(place.topic, place.partition): place.offset for place in places if place.offset >= 0}


def _answer(future: Future[Any]) -> Any:
    try:
        return future.result(PATIENCE_SECONDS * 2)
    except TimeoutError as error:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT)) from error
