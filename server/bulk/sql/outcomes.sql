-- What became of each repayment, in no order: the lines with the row numbers and the days that a comparison joins by.
CREATE TEMP VIEW outcomes AS
SELECT placement_row, repayment_row, placements.id AS placement, repayment, paid_on, paid_at, paid_beyond, fen,
       visit, basis, clause, window_from, window_to, window_extended,
       CASE WHEN asked_on >= promising_from THEN 'none'                                 -- A4 stands before A3
            WHEN to_visit THEN 'to_visit' ELSE 'normal' END::commission AS collector_commission,
       -- A6: why the nearest visit that it could belong to failed, by bare comparison of dates
       CASE WHEN visit_no IS NOT NULL THEN NULL
            WHEN before_visits THEN 'no_visit'::reason
            WHEN failure IS NOT NULL THEN failure
            WHEN asked_on > stopped_on THEN 'after_placement'::reason                   -- W4
            WHEN asked_on > police_cut THEN 'after_police_referral'::reason             -- W6
            WHEN asked_on >= restored_on THEN 'contact_restored_by_collector'::reason   -- X7
            ELSE 'window_passed'::reason END AS reason
FROM attributed JOIN placements USING (placement_row);
