SELECT CASE WHEN COUNT(*) = 2 THEN 'converged' ELSE 'missing' END
FROM (
  SELECT value FROM dba_capture_parameters WHERE capture_name = '&capture' AND parameter = 'MAX_SGA_SIZE'
  UNION ALL
  SELECT value FROM dba_apply_parameters WHERE apply_name = '&server' AND parameter = 'MAX_SGA_SIZE'
)
WHERE value = '&mib';
