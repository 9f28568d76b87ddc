-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT &user/"&password"@//localhost:1521/&service &role
SELECT CASE WHEN USER = '&user' THEN 'converged' ELSE 'missing' END FROM dual;
