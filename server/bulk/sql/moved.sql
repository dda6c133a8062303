-- The largest lines that another policy credits otherwise, so many of them after so many.
WITH shown AS (
  SELECT told.*, placements.id AS placement, repayments.id AS repayment
  FROM (FROM told WHERE moved) told
  JOIN placements ON placements.file_row_number = placement_row
  JOIN repayments ON repayments.file_row_number = repayment_row
  ORDER BY abs(fen) DESC, placement, repayment LIMIT $most OFFSET $skipped
)
SELECT placement, repayment, shown.paid_on, shown.fen,
       visit_before, clause_before, before.reason, agents_before,
       visit_after, clause_after, after.reason, agents_after
FROM shown
JOIN answer_before before USING (repayment_row)
JOIN answer_after after USING (repayment_row)
ORDER BY abs(shown.fen) DESC, placement, repayment
