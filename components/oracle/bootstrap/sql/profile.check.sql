SELECT CASE WHEN COUNT(*) = 2 THEN 'converged' ELSE 'missing' END
FROM dba_profiles
WHERE profile = '&profile'
  AND ((resource_name = 'PASSWORD_ROLLOVER_TIME' AND limit = '1')
    OR (resource_name = 'PASSWORD_LIFE_TIME' AND limit = 'UNLIMITED'));
