-- The lines: one a repayment, in the order of the placements, then by day, time with none first, id.
SELECT placement, repayment, amount_of(fen) AS amount,
       visit, basis, clause, window_from, window_to, window_extended, collector_commission, reason
FROM outcomes
ORDER BY placement_row, paid_on, paid_at NULLS FIRST, paid_beyond, repayment
