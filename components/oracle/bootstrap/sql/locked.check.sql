ALTER SESSION SET CONTAINER = &container;
SELECT CASE WHEN COUNT(*) = 0 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = '&user' AND account_status NOT LIKE '%LOCKED%';
