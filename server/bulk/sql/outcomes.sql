-- What became of each repayment, in no order: the lines with the row numbers and the days that a comparison joins by.
CREATE TEMP VIEW outcomes AS
WITH told AS (
  -- A5: a reversal shares its original's outcome, by its original's day
  SELECT repayments.* EXCLUDE paid_on, repayments.paid_on AS own_paid_on,
         coalesce(original_paid_on, repayments.paid_on) AS paid_on, nearest, visit_no
  FROM repayments
  LEFT JOIN reversed USING (repayment_row)
  LEFT JOIN attributed ON attributed.original_row = coalesce(reversed.original_row, repayment_row)
)
SELECT told.placement_row, told.repayment_row, told.id AS repayment, own_paid_on, paid_at, paid_beyond, fen,
       gets.id AS visit, gets.basis, gets.clause,
       gets.day AS window_from, last AS window_to, extended AS window_extended,
       CASE WHEN paid_on >= promising_from THEN 'none'                                  -- A4 stands before A3
            WHEN gets.to_visit THEN 'to_visit' ELSE 'normal' END AS collector_commission,
       -- A6: why the nearest visit that it could belong to failed, by bare comparison of dates
       CASE WHEN told.visit_no IS NOT NULL THEN NULL
            WHEN nearest IS NULL THEN 'no_visit'
            WHEN failed.failure IS NOT NULL THEN failed.failure
            WHEN failed.window_stops_at_placement_end AND paid_on > failed.placement_end THEN 'after_placement'  -- W4
            WHEN paid_on > failed.police_cut THEN 'after_police_referral'               -- W6
            WHEN paid_on >= failed.restored_on THEN 'contact_restored_by_collector'     -- X7
            ELSE 'window_passed' END AS reason
FROM told
JOIN placements USING (placement_row)
LEFT JOIN judged gets ON gets.visit_no = told.visit_no
LEFT JOIN windows ON windows.visit_no = told.visit_no
LEFT JOIN judged failed ON failed.visit_no = nearest;
