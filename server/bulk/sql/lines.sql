-- The lines: one a repayment, in the order of the placements, then by day, time with none first, id.
WITH outcomes AS (
  -- A5: a reversal shares its original's outcome, by its original's day
  SELECT repayments.* EXCLUDE paid_on, repayments.paid_on AS own_paid_on,
         coalesce(original_paid_on, repayments.paid_on) AS paid_on, nearest, visit_no
  FROM repayments
  LEFT JOIN reversed USING (repayment_row)
  LEFT JOIN attributed ON attributed.original_row = coalesce(reversed.original_row, repayment_row)
)
SELECT placements.id AS placement, outcomes.id AS repayment,
       CAST(fen * 0.01 AS DECIMAL(18, 2)) AS amount,
       gets.id AS visit, gets.basis, gets.clause,
       gets.day AS window_from, last AS window_to, extended AS window_extended,
       CASE WHEN paid_on >= promising_from THEN 'none'                                  -- A4 stands before A3
            WHEN gets.to_visit THEN 'to_visit' ELSE 'normal' END AS collector_commission,
       -- A6: why the nearest visit that it could belong to failed, by bare comparison of dates
       CASE WHEN outcomes.visit_no IS NOT NULL THEN NULL
            WHEN nearest IS NULL THEN 'no_visit'
            WHEN failed.failure IS NOT NULL THEN failed.failure
            WHEN failed.window_stops_at_placement_end AND paid_on > failed.placement_end THEN 'after_placement'  -- W4
            WHEN paid_on > failed.police_cut THEN 'after_police_referral'               -- W6
            WHEN paid_on >= failed.restored_on THEN 'contact_restored_by_collector'     -- X7
            ELSE 'window_passed' END AS reason
FROM outcomes
JOIN placements USING (placement_row)
LEFT JOIN judged gets ON gets.visit_no = outcomes.visit_no
LEFT JOIN windows ON windows.visit_no = outcomes.visit_no
LEFT JOIN judged failed ON failed.visit_no = nearest
ORDER BY outcomes.placement_row, own_paid_on, paid_at NULLS FIRST, paid_beyond, outcomes.id
