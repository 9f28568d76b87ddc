ALTER SYSTEM SET enable_goldengate_replication = TRUE SCOPE = BOTH;
