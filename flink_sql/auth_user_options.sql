-- A record that cannot be read goes to the dead-letter table of Flink instead of stopping every statement that reads the topic.
ALTER TABLE `fd.SAMPLE.AUTH_USER` SET ('error-handling.mode' = 'log', 'error-handling.log.target' = 'error_log');
