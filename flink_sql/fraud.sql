-- Workflow 2: the fraud rules. Reads the change events themselves, not the cleaned topics: with exactly-once output each
-- further hop costs one checkpoint of latency.
--
-- Variables: ${window_minutes} minutes looked back; ${burst_count} payments (more is a burst); ${burst_amount} sum of small
-- payments (as much or more is a burst); ${large_amount} one payment (as much or more is large); ${home_prefix} start of the
-- addresses at home.
--
-- `counted` takes each payment once, although the source connector sends payments again after a restart. A window takes a
-- row only if it is newer than the account's last one that was judged, so a repetition comes too late; unless the original
-- waits to be judged still, then both have the same time and one follows the other: the ids of such a pair add up to twice
-- the id. (A sum, since FIRST_VALUE would keep maps of all values to take one back.) This remembers one payment an account,
-- where ROW_NUMBER by id would remember every id for ever.
-- `windowed` sums per account over event time, so that a replay of old payments gives the same answer as their first run.
-- It has a large payment when its payments add up to more than its small ones.
-- Both inserts begin with the same two queries, word for word: Flink then runs them once.
EXECUTE STATEMENT SET
BEGIN

-- One row for each payment and rule that it broke; the id is the same after a replay.
INSERT INTO `fraud_alert`
WITH `counted` AS (
  SELECT *, SUM(`ID`) OVER `pair` AS `ids`
  FROM `fd.SAMPLE.USER_TRANSACTION`
  WINDOW `pair` AS (
    PARTITION BY `ACCOUNT_ID` ORDER BY `RECEIVED_AT`
    ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
  )
),
`windowed` AS (
  SELECT
    `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`,
    COUNT(*) OVER `recent` AS `payments`,
    SUM(`AMOUNT`) OVER `recent` AS `amount`,
    SUM(CASE WHEN `AMOUNT` < ${large_amount} THEN `AMOUNT` ELSE 0.00 END) OVER `recent` AS `small_amount`,
    SUM(CASE WHEN `IP_ADDRESS` NOT LIKE '${home_prefix}%' THEN 1 ELSE 0 END) OVER `recent` AS `foreign_payments`
  FROM `counted`
  WHERE `ids` <> 2 * `ID`
  WINDOW `recent` AS (
    PARTITION BY `ACCOUNT_ID` ORDER BY `RECEIVED_AT`
    RANGE BETWEEN INTERVAL '${window_minutes}' MINUTE PRECEDING AND CURRENT ROW
  )
)
SELECT
  CONCAT(CAST(`ID` AS STRING), '-', `rule_id`), `ID`, `ACCOUNT_ID`, `rule_id`, `reason`, `score`, `AMOUNT`,
  CAST(`RECEIVED_AT` AS TIMESTAMP_LTZ(3)), CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))
FROM (
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'burst_count' AS `rule_id`, 40 AS `score`,
    CONCAT(CAST(`payments` AS STRING), ' payments within ${window_minutes} minutes, more than ${burst_count}') AS `reason`
  FROM `windowed` WHERE `payments` > ${burst_count}
  UNION ALL
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'burst_amount', 50,
    CONCAT('small payments of ', CAST(`small_amount` AS STRING), ' within ${window_minutes} minutes, ${burst_amount} or more')
  FROM `windowed` WHERE `small_amount` >= ${burst_amount} AND `AMOUNT` < ${large_amount}
  UNION ALL
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'large_amount', 60,
    CONCAT('one payment of ', CAST(`AMOUNT` AS STRING), ', ${large_amount} or more')
  FROM `windowed` WHERE `AMOUNT` >= ${large_amount}
  UNION ALL
  SELECT `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, 'foreign_address', 50,
    CONCAT('payment from ', `IP_ADDRESS`, ', which does not start with ${home_prefix}')
  FROM `windowed` WHERE `IP_ADDRESS` NOT LIKE '${home_prefix}%'
);

-- Accounts for which a rule holds over the window that ends with their latest payment. The row goes with the first
-- payment for which none does.
INSERT INTO `flagged_user`
WITH `counted` AS (
  SELECT *, SUM(`ID`) OVER `pair` AS `ids`
  FROM `fd.SAMPLE.USER_TRANSACTION`
  WINDOW `pair` AS (
    PARTITION BY `ACCOUNT_ID` ORDER BY `RECEIVED_AT`
    ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
  )
),
`windowed` AS (
  SELECT
    `ID`, `ACCOUNT_ID`, `AMOUNT`, `RECEIVED_AT`, `IP_ADDRESS`,
    COUNT(*) OVER `recent` AS `payments`,
    SUM(`AMOUNT`) OVER `recent` AS `amount`,
    SUM(CASE WHEN `AMOUNT` < ${large_amount} THEN `AMOUNT` ELSE 0.00 END) OVER `recent` AS `small_amount`,
    SUM(CASE WHEN `IP_ADDRESS` NOT LIKE '${home_prefix}%' THEN 1 ELSE 0 END) OVER `recent` AS `foreign_payments`
  FROM `counted`
  WHERE `ids` <> 2 * `ID`
  WINDOW `recent` AS (
    PARTITION BY `ACCOUNT_ID` ORDER BY `RECEIVED_AT`
    RANGE BETWEEN INTERVAL '${window_minutes}' MINUTE PRECEDING AND CURRENT ROW
  )
),
`latest` AS (
  SELECT `ACCOUNT_ID`, `RECEIVED_AT`, `payments`, `amount`,
    `payments` > ${burst_count} AS `burst_count`,
    `small_amount` >= ${burst_amount} AS `burst_amount`,
    `amount` > `small_amount` AS `large_amount`,
    `foreign_payments` > 0 AS `foreign_address`
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY `ACCOUNT_ID` ORDER BY `RECEIVED_AT` DESC) AS `newest`
    FROM `windowed`
  )
  WHERE `newest` = 1
)
SELECT
  `latest`.`ACCOUNT_ID`, `account`.`USERNAME`, `account`.`EMAIL`,
  CAST(`latest`.`amount` AS DECIMAL(18, 2)), `latest`.`payments`, CAST(`latest`.`RECEIVED_AT` AS TIMESTAMP_LTZ(3)),
  CONCAT_WS(',',
    CASE WHEN `latest`.`burst_count` THEN 'burst_count' END,
    CASE WHEN `latest`.`burst_amount` THEN 'burst_amount' END,
    CASE WHEN `latest`.`large_amount` THEN 'large_amount' END,
    CASE WHEN `latest`.`foreign_address` THEN 'foreign_address' END
  ),
  CAST(LEAST(100,
    CASE WHEN `latest`.`burst_count` THEN 40 ELSE 0 END
    + CASE WHEN `latest`.`burst_amount` THEN 50 ELSE 0 END
    + CASE WHEN `latest`.`large_amount` THEN 60 ELSE 0 END
    + CASE WHEN `latest`.`foreign_address` THEN 50 ELSE 0 END
  ) AS INT)
FROM `latest`
JOIN `fd.SAMPLE.AUTH_USER` AS `account` ON `account`.`ID` = `latest`.`ACCOUNT_ID`
WHERE `latest`.`burst_count` OR `latest`.`burst_amount` OR `latest`.`large_amount` OR `latest`.`foreign_address`;

END;
