-- The lines: one a repayment, in the order of the placements, then by day, time with none first, id.
SELECT placements.id AS placement, repayment, CAST(fen * 0.01 AS DECIMAL(18, 2)) AS amount,
       visit, basis, clause, window_from, window_to, window_extended, collector_commission, reason
FROM outcomes JOIN placements USING (placement_row)
ORDER BY outcomes.placement_row, own_paid_on, paid_at NULLS FIRST, paid_beyond, repayment
