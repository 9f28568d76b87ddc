ALTER SESSION SET CONTAINER = &container;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = '&user' AND profile = '&profile';
