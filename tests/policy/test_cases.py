"""The worked cases.

An officer reads a case as: "on these facts the policy says this". `test_clause_coverage.py` demands that
every clause of sections 3 to 6 and every reason has one.
"""

import pytest

from tests.policy.cases_credited import CREDITED
from tests.policy.cases_of_several import SEVERAL
from tests.policy.cases_refused import REFUSED
from tests.policy.worked_case import Case
from tests.policy.world import told

CASES = [*REFUSED, *CREDITED, *SEVERAL]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_a_case_is_told_as_the_policy_says(case: Case) -> None:
    assert told(case.facts) == case.told
