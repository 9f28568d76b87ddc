SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_capture
WHERE capture_name = '&capture' AND checkpoint_retention_time = &days;
