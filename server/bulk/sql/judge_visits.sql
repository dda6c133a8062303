-- Each visit under the edition in force on its day: its basis (section 3), what excludes it (section 4), what cuts it.

-- What millions of lines repeat is kept as a number of one byte; an answer has the words.
CREATE TYPE basis AS ENUM ('met', 'phoned_on_site', 'relayed', 'letter_acknowledged', 'letter_five_days');
CREATE TYPE clause AS ENUM ('C1', 'C2', 'C3', 'C4', 'C5');
CREATE TYPE commission AS ENUM ('normal', 'to_visit', 'none');
CREATE TYPE reason AS ENUM (
  'voided', 'not_two_present', 'no_photo_or_recording', 'superseded', 'promise_pending', 'letter_not_proven',
  'relay_not_confirmed', 'no_effect', 'debtor_gone', 'letter_wrong_place', 'phones_not_called', 'message_not_sent',
  'no_visit', 'after_placement', 'after_police_referral', 'contact_restored_by_collector', 'window_passed'
);

CREATE TEMP TABLE editions_by_day AS
SELECT day, edition.*
FROM (SELECT DISTINCT day FROM visits) ASOF JOIN editions edition ON day >= in_force_from;

-- A1: the order of visits, and when the next of the placement began; of two that began at one instant the greater id
-- comes later
CREATE TEMP TABLE visit_order AS
SELECT visit_row, row_number() OVER onwards AS visit_no,
       CASE WHEN lead(placement_row) OVER onwards = placement_row THEN lead(day) OVER onwards
            ELSE DATE 'infinity' END AS next_day,
       lead(started_at) OVER onwards AS next_started, lead(started_beyond) OVER onwards AS next_beyond
FROM visits
WINDOW onwards AS (ORDER BY placement_row, started_at, started_beyond, id);

CREATE TEMP TABLE judged AS
WITH people_spoken_to AS (
  SELECT visit_row,
         -- C1: met the debtor or a direct relative
         bool_or(who IN ('debtor', 'direct_relative') AND channel = 'in_person') AS met,
         -- C2: telephoned one of them from the place
         bool_or(who IN ('debtor', 'direct_relative') AND channel = 'phone_on_site') AS phoned,
         -- C3: somebody willing and able, and the word passed on from D to the last day for it
         bool_or(who = 'other_contact' AND will_relay AND can_relay) AS would_relay,
         bool_or(who = 'other_contact' AND will_relay AND can_relay
                 AND (NOT relay_must_be_confirmed
                      OR coalesce(relayed_on BETWEEN day AND days_after(day, relay_days), false))) AS relayed
  FROM contacts JOIN visits USING (visit_row) JOIN editions_by_day USING (day)
  WHERE communicated AND who IN ('debtor', 'direct_relative', 'other_contact')
  GROUP BY visit_row
),
phones_on_file AS (
  SELECT visit_row,
         bool_or(reachable AND NOT called) AS one_not_called,
         bool_or(owner = 'debtor') AS debtor_has_phone,
         bool_or(owner = 'debtor' AND messaged) AS messaged
  FROM phones GROUP BY visit_row
),
referred AS (
  SELECT visit_row,
         -- W6: the earliest of the referrals' own cuts; one within the wait, not explained, cuts at its last day
         min(CASE WHEN referred_on > day THEN
               CASE WHEN early_explained THEN referred_on
                    ELSE greatest(referred_on, days_after(day, police_referral_wait_days)) END END) AS police_cut,
         -- A3: referred before the visit, or on its day
         bool_or(referred_on <= day) AS to_visit
  FROM police_referrals JOIN visits USING (placement_row) JOIN editions_by_day USING (day)
  GROUP BY visit_row
),
visit_facts AS (
  SELECT visits.*, edition.* EXCLUDE (day, in_force_from), placement_end, placed_fen, visit_no,
         coalesce(police_cut, last_day()) AS police_cut, coalesce(to_visit, false) AS to_visit,
         coalesce(met, false) AS met, coalesce(phoned, false) AS phoned, coalesce(relayed, false) AS relayed,
         coalesce(would_relay, false) AS would_relay, coalesce(one_not_called, false) AS one_not_called,
         coalesce(debtor_has_phone, false) AS debtor_has_phone, coalesce(messaged, false) AS messaged,
         month_end(visits.day, month_end) AS own_month_end,
         -- V6: a letter counts as left with its photos and its counterfoil
         coalesce(letter_photographed AND letter_counterfoil_returned, false) AS letter_counts
  FROM visits
  JOIN visit_order USING (visit_row)
  JOIN editions_by_day edition USING (day)
  JOIN placements USING (placement_row)
  LEFT JOIN people_spoken_to USING (visit_row)
  LEFT JOIN phones_on_file USING (visit_row)
  LEFT JOIN referred USING (visit_row)
),
letter_tests AS (
  SELECT *,
         -- C4: the first of its tests that fails, or null; without a letter it is what a relay lacked (C3), or nothing
         CASE
           WHEN NOT letter_counts AND NOT (c4_needs = 'either' AND messaged) THEN
             CASE WHEN letter_left_at IS NOT NULL THEN 'letter_not_proven'
                  WHEN would_relay THEN 'relay_not_confirmed' ELSE 'no_effect' END
           -- X5
           WHEN debtor_gone THEN 'debtor_gone'
           -- X9: the village committee, the household registration, or a confirmed address
           WHEN NOT (letter_counts
                     AND (letter_left_at = 'village_committee' OR address_kind = 'household' OR address_confirmed))
                AND NOT (c4_needs = 'either' AND messaged) THEN 'letter_wrong_place'
           -- X8
           WHEN one_not_called THEN 'phones_not_called'
           WHEN c4_needs = 'letter_and_message' AND debtor_has_phone AND NOT messaged THEN 'message_not_sent'
         END AS letter_failure
  FROM visit_facts
),
based AS (
  SELECT *,
         CASE WHEN met THEN 'met'                                                       -- C1
              WHEN phoned THEN 'phoned_on_site'                                         -- C2
              WHEN relayed THEN 'relayed'                                               -- C3
              WHEN letter_counts AND coalesce(letter_acknowledged_on BETWEEN day AND own_month_end, false)
                THEN 'letter_acknowledged'                                              -- C5
              WHEN letter_failure IS NULL THEN 'letter_five_days'                       -- C4
         END::basis AS basis
  FROM letter_tests
)
SELECT
  visit_no, placement_row, placed_fen, id, team, basis,
  day, started_at, started_beyond,
  CASE basis WHEN 'met' THEN 'C1' WHEN 'phoned_on_site' THEN 'C2' WHEN 'relayed' THEN 'C3'
             WHEN 'letter_acknowledged' THEN 'C5' WHEN 'letter_five_days' THEN 'C4' END::clause AS clause,
  CASE
    WHEN voided THEN 'voided'                                                           -- X1
    WHEN len(present) < team_size THEN 'not_two_present'                                -- X2
    WHEN (photos = 0 OR recordings = 0)
         AND (evidence_required <> 'either' OR (photos = 0 AND recordings = 0)) THEN 'no_photo_or_recording'  -- X3
    WHEN superseded_by IS NOT NULL
         AND NOT (supersede_keeps_contact AND coalesce(basis IN ('met', 'phoned_on_site'), false))
      THEN 'superseded'                                                                 -- X6
    WHEN coalesce(day <= promise_due_on, false) AND NOT promise_explained AND promise_excludes_visit
      THEN 'promise_pending'                                                            -- X4
  END AS exclusion,
  coalesce(exclusion, CASE WHEN basis IS NULL THEN letter_failure END)::reason AS failure,
  failure IS NULL AS counts,
  coalesce(basis = 'letter_five_days', false) AS by_letter,
  -- X7: for C4 alone, and not a day before the visit
  CASE WHEN by_letter AND contact_restored_on >= day THEN contact_restored_on END AS restored_on,
  own_month_end, days_after(day, letter_days) AS own_letter_end,                        -- W1, W2
  placement_end, police_cut, to_visit,
  window_stops_at_placement_end, letter_opens_month, nearest_must_cover, half_base, half_numerator, half_denominator
FROM based;

DROP TABLE contacts;
DROP TABLE phones;
DROP TABLE visits;
