ALTER SESSION SET CONTAINER = &container;
GRANT &privileges TO &user CONTAINER = &scope;
