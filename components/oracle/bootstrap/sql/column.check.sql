ALTER SESSION SET CONTAINER = &container;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = '&schema' AND table_name = '&table' AND column_name = '&column';
