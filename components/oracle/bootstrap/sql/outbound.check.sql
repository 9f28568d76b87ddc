SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_outbound
WHERE server_name = '&server' AND capture_name = '&capture';
