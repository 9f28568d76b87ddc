"""Apache Flink in one JVM: the plan's topics are its tables, the plan's statements its jobs."""
