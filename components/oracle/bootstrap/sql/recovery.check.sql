SELECT CASE WHEN COUNT(*) = 2 THEN 'converged' ELSE 'missing' END
FROM v$parameter
WHERE (name = 'db_recovery_file_dest' AND value = '&folder')
   OR (name = 'db_recovery_file_dest_size' AND TO_NUMBER(value) = &gib * 1073741824);
