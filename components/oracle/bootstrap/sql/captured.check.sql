SELECT CASE WHEN COUNT(*) > 0 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_rules
WHERE streams_name IN ('&capture', '&server') AND schema_name = '&schema' AND object_name = '&table';
