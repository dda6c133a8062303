-- The lines: one a repayment, in the order of the placements, then by day, time with none first, id.
SELECT placements.id AS placement, repayments.id AS repayment,
       CAST(fen * 0.01 AS DECIMAL(18, 2)) AS amount,
       judged.id AS visit, basis, clause,
       CASE WHEN judged.id IS NOT NULL THEN day END AS window_from, last AS window_to, extended AS window_extended,
       collector_commission, reason
FROM changes
JOIN repayments USING (repayment_row)
JOIN placements USING (placement_row)
JOIN outcomes ON outcomes.repayment_row = original_row
LEFT JOIN judged ON judged.visit_no = outcomes.visit_no
LEFT JOIN windows ON windows.visit_no = outcomes.visit_no
ORDER BY repayments.placement_row, paid_on, paid_at NULLS FIRST, paid_beyond, repayments.id
