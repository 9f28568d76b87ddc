-- A refused login is an answer here and no error. After DISCONNECT a refused login leaves no session to answer.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT &user/"&password"@//localhost:1521/&service &role
SELECT CASE WHEN USER = '&user' THEN 'converged' ELSE 'missing' END FROM dual;
