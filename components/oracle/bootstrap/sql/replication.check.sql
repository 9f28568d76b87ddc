SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM v$parameter
WHERE name = 'enable_goldengate_replication' AND value = 'TRUE';
