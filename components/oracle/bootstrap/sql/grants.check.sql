ALTER SESSION SET CONTAINER = &container;
SELECT CASE WHEN COUNT(*) = REGEXP_COUNT('&privileges', ',') + 1 THEN 'converged' ELSE 'missing' END
FROM (
  SELECT privilege FROM dba_sys_privs WHERE grantee = '&user'
  UNION
  SELECT granted_role FROM dba_role_privs WHERE grantee = '&user'
)
WHERE INSTR(', &privileges, ', ', ' || privilege || ', ') > 0;
