"""Real Apache Flink in one JVM: the topics of the plan as tables, the statements of the plan as jobs."""
