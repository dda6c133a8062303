-- An invented year of a big firm. Each column rolls its own dice: the same seed makes the same rows.
-- $seed and $placements are set by demo.py as variables; a table of the same name holds each file's rows.

CREATE MACRO dice(row, salt) AS (hash(row, salt, getvariable('seed')) % 1000000) / 1000000.0;
CREATE MACRO between_days(row, salt, least_days, most_days) AS
  CAST(least_days + floor(dice(row, salt) * (most_days - least_days + 1)) AS INTEGER);
CREATE MACRO instant_of(day, second) AS 
  make_timestamptz(epoch_us(CAST(day AS TIMESTAMP)) + (CAST(second AS BIGINT) - 28800) * 1000000);

CREATE TABLE placements AS
SELECT range AS placement_no, 'C' || lpad(range::VARCHAR, 9, '0') AS id,
       CAST(3000 + floor(dice(range, 'placed') ** 3 * 77000) AS DECIMAL(18, 2)) AS placed_amount,
       DATE '2026-01-05' + between_days(range, 'opened', 0, 300) AS opened_on,
       opened_on + between_days(range, 'recall', 60, 180) AS recall_on,
       CASE WHEN dice(range, 'kept') < 0.15 THEN recall_on + between_days(range, 'longer', 30, 90) END AS retained_until,
       CASE WHEN dice(range, 'marked') < 0.03 THEN opened_on + between_days(range, 'mark', 5, 90) END AS promising_from,
       CAST(floor(dice(range, 'team') * 20) AS INTEGER) AS team,
       -- none to four visits: 1.6 in the mean
       CASE WHEN dice(range, 'visits') < 0.10 THEN 0 WHEN dice(range, 'visits') < 0.55 THEN 1
            WHEN dice(range, 'visits') < 0.80 THEN 2 WHEN dice(range, 'visits') < 0.95 THEN 3 ELSE 4 END AS visits,
       between_days(range, 'repayments', 0, 16) AS repayments
FROM range(getvariable('placements'));

CREATE TABLE police_referrals AS
SELECT id AS placement, opened_on + between_days(placement_no, 'referred', 15, 150) AS referred_on,
       dice(placement_no, 'explained') < 0.2 AS early_explained
FROM placements WHERE dice(placement_no, 'police') < 0.05;

CREATE TABLE visits AS
WITH numbered AS (
  SELECT placement_no * 8 + ordinal AS visit_no, placement_no, ordinal, team, id AS placement, opened_on
  FROM (SELECT *, unnest(range(visits)) AS ordinal FROM placements)
)
SELECT visit_no, placement_no, placement, 'V' || lpad(visit_no::VARCHAR, 10, '0') AS id,
       opened_on + CAST(ordinal * 35 AS INTEGER) + between_days(visit_no, 'day', 3, 40) AS day,
       instant_of(day, 28800 + floor(dice(visit_no, 'start') * 46800)) AS started_at,
       ['外访员' || lpad((team * 2)::VARCHAR, 2, '0'), '外访员' || lpad((team * 2 + 1)::VARCHAR, 2, '0')] AS agents,
       CASE WHEN dice(visit_no, 'present') < 0.98 THEN agents ELSE agents[1:1] END AS present,
       CASE WHEN dice(visit_no, 'photos') < 0.03 THEN 0 ELSE between_days(visit_no, 'shots', 1, 6) END AS photos,
       CASE WHEN dice(visit_no, 'recordings') < 0.02 THEN 0 ELSE 1 END AS recordings,
       dice(visit_no, 'voided') < 0.002 AS voided,
       CASE WHEN dice(visit_no, 'kind') < 0.45 THEN 'household' WHEN dice(visit_no, 'kind') < 0.8 THEN 'home'
            WHEN dice(visit_no, 'kind') < 0.95 THEN 'work' ELSE 'other' END AS address_kind,
       dice(visit_no, 'confirmed') < 0.8 AS address_confirmed,
       CASE WHEN dice(visit_no, 'letter') < 0.5 THEN 'visited_address'
            WHEN dice(visit_no, 'letter') < 0.6 THEN 'village_committee' END AS letter_left_at,
       CASE WHEN letter_left_at IS NOT NULL THEN dice(visit_no, 'photographed') < 0.97 END AS letter_photographed,
       CASE WHEN letter_left_at IS NOT NULL THEN dice(visit_no, 'counterfoil') < 0.95 END AS letter_counterfoil_returned,
       CASE WHEN letter_left_at IS NOT NULL AND dice(visit_no, 'acknowledged') < 0.15
            THEN day + between_days(visit_no, 'call back', 0, 35) END AS letter_acknowledged_on,
       dice(visit_no, 'gone') < 0.05 AS debtor_gone,
       CASE WHEN dice(visit_no, 'promise') < 0.06 THEN day + between_days(visit_no, 'due', -20, 10) END AS promise_due_on,
       dice(visit_no, 'promise explained') < 0.5 AS promise_explained,
       CASE WHEN dice(visit_no, 'superseded') < 0.01 THEN 'V' || lpad((visit_no + 1)::VARCHAR, 10, '0') END AS superseded_by,
       CASE WHEN dice(visit_no, 'restored') < 0.05 THEN day + between_days(visit_no, 'restoring', -5, 20) END
         AS contact_restored_on
FROM numbered;

CREATE TABLE contacts AS
WITH numbered AS (
  SELECT placement, id AS visit, day, visit_no * 4 + ordinal AS contact_no
  FROM (SELECT *, unnest(range(between_days(visit_no, 'contacts', -1, 3))) AS ordinal FROM visits)
)
SELECT placement, visit,
       CASE WHEN dice(contact_no, 'who') < 0.25 THEN 'debtor' WHEN dice(contact_no, 'who') < 0.45 THEN 'direct_relative'
            WHEN dice(contact_no, 'who') < 0.75 THEN 'other_contact'
            WHEN dice(contact_no, 'who') < 0.85 THEN 'village_committee' ELSE 'stranger' END AS who,
       CASE WHEN dice(contact_no, 'channel') < 0.75 THEN 'in_person' ELSE 'phone_on_site' END AS channel,
       dice(contact_no, 'spoke') < 0.7 AS communicated, dice(contact_no, 'will') < 0.5 AS will_relay,
       dice(contact_no, 'can') < 0.7 AS can_relay,
       CASE WHEN dice(contact_no, 'relayed') < 0.5 THEN day + between_days(contact_no, 'relay', 0, 9) END AS relayed_on,
       contact_no
FROM numbered;

CREATE TABLE phones AS
WITH numbered AS (
  SELECT placement, id AS visit, visit_no * 4 + ordinal AS phone_no, ordinal
  FROM (SELECT *, unnest(range(between_days(visit_no, 'phones', 0, 4))) AS ordinal FROM visits)
)
SELECT placement, visit, 'T' || (ordinal + 1) AS id,
       CASE WHEN dice(phone_no, 'owner') < 0.5 THEN 'debtor' WHEN dice(phone_no, 'owner') < 0.8 THEN 'relative'
            ELSE 'other' END AS owner,
       dice(phone_no, 'reachable') < 0.5 AS reachable, dice(phone_no, 'called') < 0.9 AS called,
       dice(phone_no, 'messaged') < 0.85 AS messaged
FROM numbered;

CREATE TABLE repayments AS
WITH numbered AS (
  SELECT placement_no * 16 + ordinal AS repayment_no, placement_no, id AS placement, opened_on, visits
  FROM (SELECT *, unnest(range(repayments)) AS ordinal FROM placements)
),
paid AS (
  -- two thirds follow a visit within weeks, the rest come at any time
  SELECT repayment_no, numbered.placement, 'P' || lpad(repayment_no::VARCHAR, 11, '0') AS id,
         CASE WHEN visits.day IS NOT NULL THEN visits.day + CAST(floor(dice(repayment_no, 'soon') ** 2 * 60) AS INTEGER)
              ELSE opened_on + between_days(repayment_no, 'any', 0, 220) END AS paid_on,
         CAST(50 + floor(dice(repayment_no, 'amount') ** 2 * 300000) / 100 AS DECIMAL(18, 2)) AS amount
  FROM numbered LEFT JOIN visits
    ON visits.visit_no = numbered.placement_no * 8 + floor(dice(repayment_no, 'after') * 1.5 * visits)::BIGINT
),
timed AS (
  SELECT *, CASE WHEN dice(repayment_no, 'timed') < 0.5
                 THEN instant_of(paid_on, floor(dice(repayment_no, 'time') * 86400)) END AS paid_at
  FROM paid
)
SELECT placement, id, paid_on, paid_at, amount, NULL::VARCHAR AS reverses, repayment_no FROM timed
UNION ALL
SELECT placement, 'R' || id[2:], paid_on + 12, NULL, -amount, id, repayment_no
FROM timed WHERE dice(repayment_no, 'recalled') < 0.005;
