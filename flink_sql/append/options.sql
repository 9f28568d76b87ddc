-- Rows of this table are never updated: read the change events as an append stream, which OVER windows need. A record that
-- cannot be read goes to the dead-letter table of Flink; without this it would stop every statement that reads the topic.
ALTER TABLE `{{ topic }}` SET (
  'changelog.mode' = 'append',
  'error-handling.mode' = 'log',
  'error-handling.log.target' = 'error_log'
);
