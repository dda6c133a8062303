-- Each side's credited lines under the keys by which they are counted.
CREATE TEMP VIEW credited AS
SELECT false AS later, fen, clause_before AS clause, days_before AS days, client, agents_before AS agents,
       shares_before AS shares
FROM told WHERE visit_before IS NOT NULL
UNION ALL
SELECT true, fen, clause_after, days_after, client, agents_after, shares_after
FROM told WHERE visit_after IS NOT NULL;

CREATE TEMP VIEW counted AS
SELECT 'total' AS kind, '' AS key, later, fen, NULL AS place FROM credited
UNION ALL SELECT 'clause', clause, later, fen, NULL FROM credited
UNION ALL SELECT 'day', CAST(days AS VARCHAR), later, fen, days FROM credited
UNION ALL SELECT 'client', client, later, fen, NULL FROM credited
UNION ALL SELECT 'agent', unnest(agents), later, unnest(shares), NULL FROM credited;
