SELECT CASE
         WHEN (SELECT log_mode FROM v$database) = 'ARCHIVELOG'
          AND (SELECT supplemental_log_data_min FROM v$database) = 'YES'
          AND (SELECT COUNT(*) FROM dba_capture WHERE capture_name = '&capture' AND status = 'ENABLED') = 1
          AND (SELECT COUNT(*) FROM dba_xstream_outbound WHERE server_name = '&server') = 1
         THEN 'converged' ELSE 'missing'
       END
FROM dual;
