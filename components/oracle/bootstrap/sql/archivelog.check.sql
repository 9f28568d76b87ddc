SELECT CASE WHEN log_mode = 'ARCHIVELOG' THEN 'converged' ELSE 'missing' END FROM v$database;
