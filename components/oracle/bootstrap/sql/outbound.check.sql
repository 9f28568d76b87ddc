-- An existing server must capture every table; otherwise creating it again fails with an error.
SELECT CASE
         WHEN (SELECT COUNT(*) FROM dba_xstream_outbound
               WHERE server_name = '&server' AND capture_name = '&capture') = 1
          AND (SELECT COUNT(DISTINCT object_name) FROM dba_xstream_rules
               WHERE streams_name IN ('&capture', '&server') AND schema_name = '&schema'
                 AND INSTR(',&tables,', ',' || schema_name || '.' || object_name || ',') > 0) = &count
         THEN 'converged' ELSE 'missing'
       END
FROM dual;
