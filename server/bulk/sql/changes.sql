-- Credited lines and fen of each group, under the one policy and under the other.
SELECT kind, key,
       count(*) FILTER (NOT later), coalesce(sum(fen) FILTER (NOT later), 0),
       count(*) FILTER (later), coalesce(sum(fen) FILTER (later), 0)
FROM counted GROUP BY kind, key, place ORDER BY kind, place, key
