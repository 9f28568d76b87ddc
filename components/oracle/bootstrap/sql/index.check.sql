ALTER SESSION SET CONTAINER = &container;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_indexes
WHERE owner = '&schema' AND table_name = '&table' AND index_name = '&index';
