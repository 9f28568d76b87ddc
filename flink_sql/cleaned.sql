-- Workflow 1: the two flat append topics that feed the warehouse.
EXECUTE STATEMENT SET
BEGIN

-- The users arrive as upserts; the warehouse takes appended rows only, so each insert and update becomes a row.
INSERT INTO `auth_user`
SELECT `ID`, `LAST_LOGIN`, `IS_SUPERUSER`, `USERNAME`, `FIRST_NAME`, `LAST_NAME`, `EMAIL`, `IS_STAFF`, `IS_ACTIVE`, `DATE_JOINED`
FROM TO_CHANGELOG(input => TABLE `fd.SAMPLE.AUTH_USER`)
WHERE `op` IN ('INSERT', 'UPDATE_AFTER');

-- The source connector is at-least-once: after a restart it sends payments again. The first of each ID counts.
INSERT INTO `user_transaction`
SELECT `ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`, `ACCOUNT_ID`
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY `ID` ORDER BY `RECEIVED_AT` ASC) AS `attempt`
  FROM `fd.SAMPLE.USER_TRANSACTION`
)
WHERE `attempt` = 1;

END;
