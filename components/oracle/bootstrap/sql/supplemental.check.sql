SELECT CASE WHEN supplemental_log_data_min = 'YES' THEN 'converged' ELSE 'missing' END FROM v$database;
