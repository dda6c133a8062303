-- Which visit gets each repayment (section 6), settled beforehand for each stretch of a placement's time: between the
-- beginning of a visit and of the next one nearest stays the same, and within that the days of the windows decide. A
-- repayment falls into one stretch of its placement, or into none before the first visit.

CREATE TEMP TABLE stretches AS
WITH reaching AS (
  SELECT visit_no, placement_row, nearest_must_cover,
         least(last, restored_on - 1) AS reaches                                        -- X7
  FROM judged JOIN windows USING (visit_no)
),
nearest_that_count AS (
  SELECT judged.visit_no AS nearest, max(reaching.visit_no) AS visit_no
  FROM judged JOIN reaching ON reaching.placement_row = judged.placement_row AND reaching.visit_no <= judged.visit_no
  GROUP BY nearest
),
first_asked AS (SELECT * FROM nearest_that_count JOIN reaching USING (visit_no)),
asked AS (
  -- A1: of those that cover it, the one that started last; its edition says whether farther ones are asked, and
  -- of those only what reaches farther than it can have what is left
  SELECT nearest, visit_no, no_day() AS after, reaches AS until FROM first_asked
  UNION ALL
  SELECT nearest, farther.visit_no,
         greatest(first_asked.reaches, max(farther.reaches) OVER (
           PARTITION BY nearest ORDER BY farther.visit_no DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
         farther.reaches
  FROM first_asked JOIN reaching farther USING (placement_row)
  WHERE farther.visit_no < first_asked.visit_no AND first_asked.nearest_must_cover
    AND farther.reaches > first_asked.reaches
),
pieces AS (
  SELECT nearest, visit_no, after, until FROM asked WHERE until > after
  UNION ALL
  SELECT judged.visit_no, NULL, coalesce(max(until), no_day()), last_day()
  FROM judged LEFT JOIN asked ON nearest = judged.visit_no GROUP BY judged.visit_no
)
SELECT near.placement_row, after, until,
       near.day, near.started_at, near.started_beyond, next_day, next_started, next_beyond,
       near.failure, near.police_cut, near.restored_on,
       CASE WHEN near.window_stops_at_placement_end THEN near.placement_end END AS stopped_on,
       pieces.visit_no, gets.id AS visit, gets.basis, gets.clause, gets.day AS window_from,
       windows.last AS window_to, extended AS window_extended, gets.to_visit
FROM pieces
JOIN judged near ON near.visit_no = nearest
JOIN visit_order ON visit_order.visit_no = nearest
LEFT JOIN judged gets ON gets.visit_no = pieces.visit_no
LEFT JOIN windows ON windows.visit_no = pieces.visit_no;

DROP TABLE visit_order;

-- A5: reversals by day, time with none first, id; each takes its original's net from `before` to `after`.
CREATE TEMP TABLE reversed AS
SELECT repayment_row, CAST(after - fen AS BIGINT) AS before, CAST(after AS BIGINT) AS after,
       original_paid_on, original_paid_at, original_paid_beyond
FROM (SELECT *, original_fen + sum(fen) OVER (
        PARTITION BY original_row ORDER BY paid_on, paid_at NULLS FIRST, paid_beyond, id
        ROWS UNBOUNDED PRECEDING) AS after
      FROM reversals);

-- A5: a reversal shares its original's outcome, by its original's day
CREATE TEMP VIEW moments AS
SELECT repayment_row, placement_row, id AS repayment, paid_on, paid_at, paid_beyond, fen,
       paid_on AS asked_on, paid_at AS asked_at, paid_beyond AS asked_beyond, 0 AS fen_before, fen AS fen_after
FROM repayments WHERE reverses IS NULL
UNION ALL
SELECT repayment_row, placement_row, id, paid_on, paid_at, paid_beyond, fen,
       original_paid_on, original_paid_at, original_paid_beyond, before, after
FROM repayments JOIN reversed USING (repayment_row);

CREATE TEMP VIEW attributed AS
SELECT moments.*, stretches.* EXCLUDE (placement_row, after, until), stretches.placement_row IS NULL AS before_visits
FROM moments
LEFT JOIN stretches
  ON stretches.placement_row = moments.placement_row AND asked_on > stretches.after AND asked_on <= until
     AND began_before(day, started_at, started_beyond, asked_on, asked_at, asked_beyond)               -- W5
     AND NOT began_before(next_day, next_started, next_beyond, asked_on, asked_at, asked_beyond);
