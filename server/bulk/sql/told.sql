-- Each repayment of the days and cases that were asked for which either policy credits: of the others none can move.
CREATE TEMP TABLE told AS
WITH asked AS (
  SELECT placements.file_row_number AS placement_row, client
  FROM placements JOIN cases ON cases.placement = placements.id
  WHERE ($branch IS NULL OR branch = $branch) AND ($project IS NULL OR project = $project)
),
before AS (FROM answer_before WHERE visit IS NOT NULL AND paid_on BETWEEN $first AND $last),
after AS (FROM answer_after WHERE visit IS NOT NULL AND paid_on BETWEEN $first AND $last)
SELECT repayment_row, placement_row, coalesce(before.paid_on, after.paid_on) AS paid_on,
       coalesce(before.fen, after.fen) AS fen, client,
       before.visit AS visit_before, before.clause AS clause_before, before.days AS days_before,
       before.agents AS agents_before, before.shares AS shares_before,
       after.visit AS visit_after, after.clause AS clause_after, after.days AS days_after,
       after.agents AS agents_after, after.shares AS shares_after,
       before.visit IS DISTINCT FROM after.visit OR before.clause IS DISTINCT FROM after.clause AS moved
FROM before FULL JOIN after USING (repayment_row, placement_row) JOIN asked USING (placement_row);
