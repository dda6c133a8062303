-- Which visit gets each repayment (section 6): of those that cover it, the one that started last (A1).

CREATE TEMP TABLE attributed AS
WITH openings AS (
  SELECT placement_row, visit_no, day, started_at, started_beyond, counts, restored_on, last
  FROM judged LEFT JOIN windows USING (visit_no)
),
visits_begun AS (
  SELECT repayment_row, visit_no, counts,
         counts AND paid_on <= last AND (restored_on IS NULL OR paid_on < restored_on) AS covers
  FROM originals JOIN openings USING (placement_row)
  WHERE began_before(day, started_at, started_beyond, paid_on, paid_at, paid_beyond)  -- W5
)
SELECT repayment_row,
       max(visit_no) AS nearest,
       max(CASE WHEN counts THEN visit_no END) AS nearest_that_counts,
       max(CASE WHEN covers THEN visit_no END) AS nearest_that_covers
FROM visits_begun GROUP BY repayment_row;

CREATE TEMP TABLE outcomes AS
WITH credited AS (
  SELECT repayment_row, nearest,
         -- A1: the edition of the last visit that counts says whether farther ones are asked
         CASE WHEN nearest_that_covers = nearest_that_counts OR asked.nearest_must_cover
              THEN nearest_that_covers END AS visit_no
  FROM attributed LEFT JOIN judged asked ON asked.visit_no = nearest_that_counts
)
SELECT originals.repayment_row, credited.visit_no,
       -- A6: why the nearest visit that it could belong to failed, by bare comparison of dates
       CASE WHEN credited.visit_no IS NOT NULL THEN NULL
            WHEN credited.nearest IS NULL THEN 'no_visit'
            WHEN failed.failure IS NOT NULL THEN failed.failure
            WHEN failed.window_stops_at_placement_end AND originals.paid_on > failed.placement_end
              THEN 'after_placement'                                                    -- W4
            WHEN originals.paid_on > failed.police_cut THEN 'after_police_referral'     -- W6
            WHEN originals.paid_on >= failed.restored_on THEN 'contact_restored_by_collector'  -- X7
            ELSE 'window_passed' END AS reason,
       -- A4 stands before A3
       CASE WHEN originals.paid_on >= placements.promising_from THEN 'none'
            WHEN gets.to_visit THEN 'to_visit' ELSE 'normal' END AS collector_commission
FROM originals
JOIN placements USING (placement_row)
LEFT JOIN credited USING (repayment_row)
LEFT JOIN judged gets ON gets.visit_no = credited.visit_no
LEFT JOIN judged failed ON failed.visit_no = credited.nearest AND credited.visit_no IS NULL;

-- What each repayment of the file adds to its original's net: from `before` to `after`.
CREATE TEMP TABLE changes AS
SELECT repayment_row, repayment_row AS original_row, 0 AS before, fen AS after FROM repayments WHERE reverses IS NULL
UNION ALL
-- A5: reversals by day, time with none first, id
SELECT repayment_row, original_row, CAST(after - fen AS BIGINT), CAST(after AS BIGINT)
FROM (SELECT *, original_fen + sum(fen) OVER (
        PARTITION BY original_row ORDER BY paid_on, paid_at NULLS FIRST, paid_beyond, id
        ROWS UNBOUNDED PRECEDING) AS after
      FROM reversals);
