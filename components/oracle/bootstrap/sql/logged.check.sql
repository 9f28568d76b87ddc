ALTER SESSION SET CONTAINER = &container;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_log_groups
WHERE owner = '&schema' AND table_name = '&table' AND log_group_type = 'ALL COLUMN LOGGING';
