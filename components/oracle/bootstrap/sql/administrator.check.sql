SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_administrator
WHERE username = '&user' AND privilege_type = 'CAPTURE' AND grant_select_privileges = 'YES';
