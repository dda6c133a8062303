"""The address check by R2 and R3, verdict by verdict: refusals first."""

from __future__ import annotations

from dataclasses import asdict
from random import Random

import pytest

from server.domain.addresses import Verdict, check_address, r2_complete, r3_parents_right
from server.geo.gazetteer import Gazetteer


def test_the_handbooks_own_example(divisions: Gazetteer) -> None:
    answer = check_address("郑州市原阳县城关镇", divisions)
    message = answer.message
    assert asdict(answer) == {
        "address": "郑州市原阳县城关镇",
        "verdict": "wrong_parent",
        "province": "河南省",
        "city": "新乡市",
        "county": "原阳县",
        "county_code": "410725",
        "town": "城关镇",
        "detail": "",
        "normalized": "河南省新乡市原阳县城关镇",
        "filled": ("province",),
        "urban_village": False,
        "detail_missing": True,
        "suggestions": ("河南省新乡市原阳县城关镇",),
        "clause": "R3",
        "message": message,
    }
    assert "河南省新乡市原阳县城关镇" in message


@pytest.mark.parametrize(
    ("text", "verdict", "suggestion"),
    [
        ("广东省南宁市青秀区民族大道1号", "wrong_parent", "广西壮族自治区南宁市青秀区民族大道1号"),
        ("江苏省杭州市西湖区文三路90号", "wrong_parent", "浙江省杭州市西湖区文三路90号"),
        ("河南省洛阳市济源市沁园街道黄河路1号", "wrong_parent", "河南省济源市沁园街道黄河路1号"),
        ("湖南新乡市卫辉市学院西路1号", "wrong_parent", "河南省新乡市卫辉市学院西路1号"),
        ("鄂尔多斯江岸区黄孝河路109号", "wrong_parent", "湖北省武汉市江岸区黄孝河路109号"),
        ("河北省秦青岛市海港区建设路1号", "typo", "河北省秦皇岛市海港区建设路1号"),
        ("河南郑洲市金水区花园路39号", "typo", "河南省郑州市金水区花园路39号"),
        ("福建省福州市背山区建设路1号", "typo", "福建省福州市仓山区建设路1号"),
        ("东莞市福田区深南大道1号", "wrong_parent", "广东省深圳市福田区深南大道1号"),
        ("广东省南宁市民族大道1号", "wrong_parent", "广西壮族自治区南宁市民族大道1号"),
        ("郑洲市金水区花园路39号", "typo", "河南省郑州市金水区花园路39号"),
        ("黑龙江省牡丹江市安东区新华路1号", "typo", "黑龙江省牡丹江市东安区新华路1号"),
        ("湖南省长沙市芙容区五一大道1号", "typo", "湖南省长沙市芙蓉区五一大道1号"),
    ],
)
def test_refused_with_the_true_one_suggested(
    divisions: Gazetteer, text: str, verdict: str, suggestion: str
) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, answer.clause) == (verdict, "R3")
    assert answer.suggestions == (suggestion,)
    assert not r3_parents_right(answer)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("花园路39号", "no_county"),
        ("体育大道2222号", "no_county"),
        ("河南省郑州市花园路39号", "no_county"),
        ("", "no_county"),
        ("。，", "no_county"),
        ("南山区深南大道1号", "ambiguous"),
        ("江北区观音桥步行街1号", "ambiguous"),  # 宁波 has one, 重庆 had one until 2025
        ("西区善缘街1号", "no_county"),
        ("青岛市费县路51号", "no_county"),
        ("上海市沙市二路20号", "no_county"),
        ("南京鼓楼医院", "no_county"),
        ("青岛胶州湾高速", "no_county"),
        ("义乌宾馆302", "no_county"),
        ("龙泉驿大道88号", "no_county"),  # 龙泉 is another city
        ("新区横山路29号", "no_county"),
        ("湖南长沙五一大道1号", "no_county"),  # 长沙 is the city, not its 长沙县
        ("新疆乌鲁木齐新华北路165号", "no_county"),
        ("南昌省府大院1号", "no_county"),
        ("国际市长交流中心3楼", "no_county"),
        ("山西省晋城市泽州路4268号", "no_county"),
        ("江苏省镇江市镇江新区丁卯路1号", "functional"),
        ("无锡市新区锡士路1号", "functional"),
        ("大连市金州新区金马路156号", "functional"),
        ("荆州开发区东方大道68号", "functional"),
        ("重庆市重庆市北部新区人和街道1号", "functional"),
        ("天津市空港经济区西五道35号", "functional"),
        ("惠州市仲恺区惠风七路26号", "functional"),
        ("万江区流涌尾第一工业区路1号", "unknown"),
        ("鼓楼区中山路1号", "ambiguous"),
        ("河南省郑州市郑东新区商务外环路10号", "functional"),
        ("郑州高新技术产业开发区科学大道100号", "functional"),
        ("西安高新区科技路1号", "functional"),
        ("天津经济技术开发区第三大街1号", "functional"),
        ("陕西省西安市沣东新城三桥路1号", "functional"),
        ("福建省平潭综合实验区1号", "functional"),
        ("双鸭山路北区学院路41号", "no_county"),
        ("苏州工业园区星湖街1号", "functional"),
        ("河南省郑州市缥缈区某路1号", "unknown"),
        ("香港特别行政区九龙城区清水湾道", "special"),
        ("澳门新马路1号", "special"),
        ("臺灣省台北市信义区", "special"),
        ("湖北省武汉市江汉区新华路武汉市江岸区交界处", "review"),
        ("河南省郑州市金水区中原区建设路1号", "review"),
    ],
)
def test_refused_without_a_county_chosen(divisions: Gazetteer, text: str, verdict: str) -> None:
    answer = check_address(text, divisions)
    assert answer.verdict == verdict
    assert answer.message
    assert not (r2_complete(answer) and r3_parents_right(answer))


def test_several_that_fit_are_listed_and_none_is_chosen(divisions: Gazetteer) -> None:
    answer = check_address("鼓楼区中山路1号", divisions)
    assert len(answer.suggestions) == 4
    assert (answer.province, answer.city, answer.county, answer.county_code) == ("", "", "", "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("河南省郑州市郑东新区商务外环路10号", "河南省郑州市金水区郑东新区商务外环路10号"),
        ("郑州高新技术产业开发区科学大道100号", "河南省郑州市中原区高新技术产业开发区科学大道100号"),
        ("南京江宁开发区铺岗街398号", "江苏省南京市江宁区江宁开发区铺岗街398号"),
        ("余杭经济开发区唐梅路1号", "浙江省杭州市余杭区余杭经济开发区唐梅路1号"),
        ("天津西青开发区兴华四支路18号", "天津市西青区西青开发区兴华四支路18号"),
    ],
)
def test_the_county_of_a_zone_is_asked_with_the_likely_one_first(
    divisions: Gazetteer, text: str, first: str
) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, answer.county, answer.suggestions[0]) == (Verdict.FUNCTIONAL, "", first)
    assert not r2_complete(answer)


def test_a_zone_without_a_city_is_asked_about_and_lists_no_country(divisions: Gazetteer) -> None:
    assert check_address("高新区科学大道100号", divisions).suggestions == ()


def test_a_town_settles_which_county_is_meant(divisions: Gazetteer) -> None:
    answer = check_address("鼓楼区洪山镇福飞路1号", divisions)
    assert (answer.verdict, answer.county_code) == ("incomplete", "350102")


@pytest.mark.parametrize(
    ("text", "where", "filled"),
    [
        ("郑州市金水区花园路39号", "河南省郑州市金水区花园路39号", ("province",)),
        ("河南省金水区花园路39号", "河南省郑州市金水区花园路39号", ("city",)),
        ("金水区花园路39号", "河南省郑州市金水区花园路39号", ("province", "city")),
        ("吉林省朝阳区红旗街1号", "吉林省长春市朝阳区红旗街1号", ("city",)),
        ("贵州省黔南州惠水县涟江街道1号", "贵州省黔南布依族苗族自治州惠水县涟江街道1号", ("city",)),
        ("河南省郑州市管城区东大街1号", "河南省郑州市管城回族区东大街1号", ("county",)),
        ("河北省雄安新区容城县容城镇奥威路1号", "河北省保定市容城县容城镇奥威路1号", ("city",)),
        ("青岛市南区香港中路18号", "山东省青岛市市南区香港中路18号", ("province", "city")),
        ("江西九江市濂溪区前进东路1号", "江西省九江市濂溪区前进东路1号", ("province",)),
        ("河北-保定-安国市_药市街1号", "河北省保定市安国市药市街1号", ("province", "city")),
        (
            "地址：　宁波　北仑　大港六路１１号",
            "浙江省宁波市北仑区大港六路11号",
            ("province", "city", "county"),
        ),
        ("南京市雨花区小行路16号", "江苏省南京市雨花台区小行路16号", ("province", "county")),
        ("东莞市东城区东城中路1号", "广东省东莞市东城区东城中路1号", ("province",)),
        ("中国山东滕州北辛路3258号", "山东省枣庄市滕州市北辛路3258号", ("province", "city", "county")),
        ("广西区南宁市青秀区民族大道1号", "广西壮族自治区南宁市青秀区民族大道1号", ("province",)),
        (
            "内蒙古兴安盟科右前旗科尔沁镇1号",
            "内蒙古自治区兴安盟科尔沁右翼前旗科尔沁镇1号",
            ("province", "county"),
        ),
        ("雄安新区雄县雄州镇1号", "河北省保定市雄县雄州镇1号", ("province", "city")),
        ("重庆市县彭水县汉葭街道1号", "重庆市彭水苗族土家族自治县汉葭街道1号", ("county",)),
        ("承德丰宁满族自治县大阁镇1号", "河北省承德市丰宁满族自治县大阁镇1号", ("province", "city")),
        ("新疆和田和田市北京西路1号", "新疆维吾尔自治区和田地区和田市北京西路1号", ("province", "city")),
        ("江苏南京江宁弘景大道1号", "江苏省南京市江宁区弘景大道1号", ("province", "city", "county")),
        ("海宁许村七号桥111", "浙江省嘉兴市海宁市许村七号桥111", ("province", "city", "county")),
    ],
)
def test_filled_in_where_determined(
    divisions: Gazetteer, text: str, where: str, filled: tuple[str, ...]
) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, answer.normalized, answer.filled) == ("incomplete", where, filled)
    assert answer.suggestions == (where,)
    assert r2_complete(answer)
    assert r3_parents_right(answer)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("河南省新乡市原阳县师寨镇黑石村", "410725"),
        ("北京市朝阳区三里屯路11号", "110105"),
        ("北京市市辖区朝阳区三里屯路11号", "110105"),
        ("河南省济源市沁园街道黄河路1号", "419001"),
        ("海南省儋州市那大镇中兴大道1号", "460400"),
        ("广东省东莞市长安镇德政中路1号", "441900"),
        ("吉林省吉林市昌邑区吉林大街1号", "220202"),
        ("山东省青岛市市南区香港中路18号", "370202"),
        ("浙江省温州市瓯海区瓯海区梧田街道1号", "330304"),
        ("陕西省西安市未央区经济技术开发区文景路19号", "610112"),
        ("中国河南省郑州市金水区花园路39号", "410105"),
        ("广东省东莞市东城区东莞大道11号", "441900"),
        ("甘肃省嘉峪关市长城区新华中路1号", "620200"),
        ("广东省深圳市广东省深圳市宝安区松岗街道1号", "440306"),
        ("广东省深圳市宝安区广东省深圳市宝安区松岗街道1号", "440306"),
        ("河南省鄭州市金水區花園路39號", "410105"),
        ("吉林省松原市乾安縣乾安鎮1號", "220723"),
    ],
)
def test_right_as_written(divisions: Gazetteer, text: str, code: str) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, answer.county_code, answer.filled) == ("ok", code, ())
    assert answer.clause == ""
    assert r2_complete(answer)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("河南省开封市开封县城关镇", "410212"),
        ("湖北省襄樊市樊城区长虹路1号", "420606"),
        ("湖北襄樊樊城区长虹路1号", "420606"),
        ("四川省资阳市简阳市射洪坝街道", "510185"),
        ("塘沽区新港路1号", "120116"),
        ("重庆市渝北区龙溪街道红锦大道1号", "500157"),
        ("重庆市渝北区统景镇1号", "500109"),
        ("绍兴县柯桥区福全工业区1号", "330603"),
        ("江北区观音桥街道1号", "500157"),
    ],
)
def test_former_names_are_mapped_to_todays(divisions: Gazetteer, text: str, code: str) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, answer.county_code, answer.clause) == ("historical", code, "R3")
    assert r3_parents_right(answer)


def test_a_former_county_with_several_successors_is_asked(divisions: Gazetteer) -> None:
    answer = check_address("浙江省杭州市江干区凤起东路1号", divisions)
    assert (answer.verdict, answer.city, answer.county, answer.county_code) == (
        "historical",
        "杭州市",
        "",
        "",
    )
    assert answer.suggestions == ("浙江省杭州市上城区凤起东路1号", "浙江省杭州市钱塘区凤起东路1号")
    assert not r2_complete(answer)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("河南省郑州市金水区", True),
        ("河南省郑州市中牟县大孟镇", True),
        ("河南省郑州市中牟县大孟镇土墙村", False),
        ("河南省郑州市金水区花园路", False),
    ],
)
def test_a_detail_is_more_than_a_town(divisions: Gazetteer, text: str, missing: bool) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, answer.detail_missing) == ("ok", missing)
    assert answer.clause == ("R2" if missing else "")
    assert r2_complete(answer) is not missing


def test_a_town_that_moved_is_a_warning_and_no_refusal(divisions: Gazetteer) -> None:
    answer = check_address("浙江省杭州市余杭区塘栖镇广济路1号", divisions)
    assert answer.verdict == "ok"
    assert "临平区" in answer.message
    assert "获嘉县" not in check_address("河南省新乡市原阳县城关镇1号", divisions).message


@pytest.mark.parametrize(
    ("text", "town", "detail"),
    [
        ("河南省郑州市金水区杨金路街道办事处马林村1号", "杨金路街道", "马林村1号"),
        ("北京市海淀区中关村街道中关村大街1号", "中关村街道", "中关村大街1号"),
        ("广东省中山市小榄镇竹源路1-2号", "小榄镇", "竹源路1-2号"),
        ("人民路睢宁县少体校附近", "", "人民路少体校附近"),
    ],
)
def test_town_and_detail(divisions: Gazetteer, text: str, town: str, detail: str) -> None:
    answer = check_address(text, divisions)
    assert (answer.town, answer.detail) == (town, detail)


def test_messages_in_english(divisions: Gazetteer) -> None:
    assert "should be" in check_address("郑州市原阳县城关镇1号", divisions, "en").message


def test_every_division_is_right_as_the_table_writes_it(divisions: Gazetteer) -> None:
    for division in divisions.divisions:
        answer = check_address(division.written + "建设路12号", divisions)
        assert (answer.verdict, answer.county_code) == ("ok", division.code)


def test_a_county_under_a_city_that_never_had_it_is_refused(divisions: Gazetteer) -> None:
    random = Random(20261124)
    counties = [division for division in divisions.divisions if len(division.county) > 2 and division.city]
    former = {old.path for old in divisions.former}
    for _ in range(400):
        county, other = random.choice(counties), random.choice(counties)
        path = (other.province, other.city, county.county)
        if path in former or any(path == division.path for division in divisions.divisions):
            continue
        answer = check_address("".join(path) + "建设路12号", divisions)
        assert answer.verdict is Verdict.WRONG_PARENT, path


def test_two_characters_turned_round_are_a_likeness(divisions: Gazetteer) -> None:
    answer = check_address("湖北省武汉市汉江区菱角湖路11号", divisions)
    assert answer.verdict is Verdict.TYPO
    assert "湖北省武汉市江汉区菱角湖路11号" in answer.suggestions
