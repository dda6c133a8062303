"""The pattern of R8: a village right behind a city, a district or an office, and names that only look so."""

from __future__ import annotations

import pytest

from server.domain.addresses import check_address
from server.geo.gazetteer import Gazetteer


@pytest.mark.parametrize(
    "text",
    [
        "河南省郑州市中牟县官渡镇官渡村12号",
        "河南省新乡市原阳县黑石村1号",
        "北京市海淀区中关村1号",
        "北京市海淀区中关村大街27号",
        "北京市大兴区黄村1号",
        "广东省广州市番禺区钟村1号",
        "浙江省杭州市西湖区蒋村街道文二西路683号",
        "海南省三亚市吉阳区亚龙湾度假村1号",
        "河南省郑州市金水区新村小区3号楼",
        "河南省郑州市金水区柳林村路3号",
        "河南省郑州市金水区柳林村镇银行",
        "河南省郑州市金水区花园路柳林村3号",
        "河南省郑州市金水区花园路3号柳林村",
    ],
)
def test_no_urban_village(divisions: Gazetteer, text: str) -> None:
    assert not check_address(text, divisions).urban_village


@pytest.mark.parametrize(
    "text",
    [
        "河南省郑州市金水区柳林村3号",
        "河南省郑州市金水区杨金路街道马林村",
        "河南省郑州市金水区杨金路街道办事处马林村",
        "广东省深圳市福田区岗厦村2号",
        "河南省郑州市新密市柳沟村1号",
        "上海市徐汇区田林街道田林十二村10号",
    ],
)
def test_urban_village(divisions: Gazetteer, text: str) -> None:
    answer = check_address(text, divisions)
    assert (answer.urban_village, answer.verdict, answer.clause) == (True, "ok", "R8")
