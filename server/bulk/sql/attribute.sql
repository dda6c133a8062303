-- Which visit gets each repayment (section 6): of those that cover it, the one that started last (A1).

CREATE TEMP TABLE attributed AS
WITH openings AS (
  SELECT placement_row, visit_no, day, started_at, started_beyond, counts, nearest_must_cover, restored_on, last
  FROM judged LEFT JOIN windows USING (visit_no)
),
visits_begun AS (
  SELECT repayment_row, visit_no, counts, nearest_must_cover,
         counts AND paid_on <= last AND (restored_on IS NULL OR paid_on < restored_on) AS covers
  FROM originals JOIN openings USING (placement_row)
  WHERE began_before(day, started_at, started_beyond, paid_on, paid_at, paid_beyond)  -- W5
),
nearest_visits AS (
  SELECT repayment_row,
         max(visit_no) AS nearest,
         max(CASE WHEN counts THEN visit_no END) AS nearest_that_counts,
         max(CASE WHEN counts AND NOT nearest_must_cover THEN visit_no END) AS nearest_that_bars,
         max(CASE WHEN covers THEN visit_no END) AS nearest_that_covers
  FROM visits_begun GROUP BY repayment_row
)
SELECT repayment_row AS original_row, nearest,
       -- A1: the edition of the last visit that counts says whether farther ones are asked
       CASE WHEN nearest_that_covers = nearest_that_counts
              OR nearest_that_bars IS DISTINCT FROM nearest_that_counts
            THEN nearest_that_covers END AS visit_no
FROM nearest_visits;

-- A5: reversals by day, time with none first, id; each takes its original's net from `before` to `after`.
CREATE TEMP TABLE reversed AS
SELECT repayment_row, original_row, CAST(after - fen AS BIGINT) AS before, CAST(after AS BIGINT) AS after,
       original_paid_on
FROM (SELECT *, original_fen + sum(fen) OVER (
        PARTITION BY original_row ORDER BY paid_on, paid_at NULLS FIRST, paid_beyond, id
        ROWS UNBOUNDED PRECEDING) AS after
      FROM reversals);

DROP TABLE originals;
