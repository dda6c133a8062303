"""Places checked by hand: eighteen county seats, and what is odd in its levels, its name or its writing."""

from __future__ import annotations

import pytest

from server.domain.addresses import check_address
from server.geo.gazetteer import Gazetteer

SEATS = [
    ("河南省新乡市原阳县城关镇建设路1号", "410725", "城关镇"),
    ("河南省周口市太康县城关回族镇支农路1号", "411627", "城关回族镇"),
    ("河南省信阳市固始县番城街道中山大街1号", "411525", "番城街道"),
    ("河北省保定市阜平县阜平镇太行路1号", "130624", "阜平镇"),
    ("山西省吕梁市临县临泉镇府前街1号", "141124", "临泉镇"),
    ("山东省临沂市兰陵县卞庄街道会宝路1号", "371324", "卞庄街道"),
    ("安徽省阜阳市颍上县慎城镇人民路1号", "341226", "慎城镇"),
    ("江苏省宿迁市沭阳县沭城街道人民路1号", "321322", "沭城街道"),
    ("浙江省温州市苍南县灵溪镇人民大道1号", "330327", "灵溪镇"),
    ("福建省宁德市霞浦县松城街道太康路1号", "350921", "松城街道"),
    ("江西省上饶市鄱阳县鄱阳镇五一路1号", "361128", "鄱阳镇"),
    ("湖北省恩施土家族苗族自治州巴东县信陵镇楚天路1号", "422823", "信陵镇"),
    ("湖南省湘西土家族苗族自治州凤凰县沱江镇虹桥路1号", "433123", "沱江镇"),
    ("广东省茂名市电白区水东街道海滨大道1号", "440904", "水东街道"),
    ("四川省凉山彝族自治州昭觉县新城镇1号", "513431", "新城镇"),
    ("贵州省遵义市仁怀市盐津街道国酒大道1号", "520382", "盐津街道"),
    ("甘肃省甘南藏族自治州夏河县拉卜楞镇人民西街1号", "623027", "拉卜楞镇"),
    ("陕西省榆林市神木市神木街道东兴街1号", "610881", "神木街道"),
]


@pytest.mark.parametrize(("text", "code", "town"), SEATS)
def test_county_seats(divisions: Gazetteer, text: str, code: str, town: str) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, answer.county_code, answer.town) == ("ok", code, town)


@pytest.mark.parametrize(
    ("text", "verdict", "where"),
    [
        # municipalities
        ("北京市朝阳区三里屯路11号", "ok", ("北京市", "北京市", "朝阳区")),
        ("重庆市重庆市渝中区民权路1号", "ok", ("重庆市", "重庆市", "渝中区")),
        ("天津市市辖区河西区友谊路41号", "ok", ("天津市", "天津市", "河西区")),
        ("重庆市县彭水县汉葭街道1号", "incomplete", ("重庆市", "重庆市", "彭水苗族土家族自治县")),
        ("上海浦东世纪大道100号", "incomplete", ("上海市", "上海市", "浦东新区")),
        # cities without districts
        ("广东省东莞市虎门镇连升路1号", "ok", ("广东省", "东莞市", "")),
        ("广东省东莞市南城区鸿福路100号", "ok", ("广东省", "东莞市", "")),
        ("广东省中山市石岐区中山二路1号", "ok", ("广东省", "中山市", "")),
        ("海南省儋州市那大镇中兴大道1号", "ok", ("海南省", "儋州市", "")),
        ("甘肃省嘉峪关市雄关区新华中路1号", "ok", ("甘肃省", "嘉峪关市", "")),
        # counties right under a province
        ("河南省济源市沁园街道黄河路1号", "ok", ("河南省", "", "济源市")),
        ("湖北省神农架林区松柏镇1号", "ok", ("湖北省", "", "神农架林区")),
        ("湖北省仙桃市沔阳大道1号", "ok", ("湖北省", "", "仙桃市")),
        ("海南省陵水县椰林镇建设路1号", "incomplete", ("海南省", "", "陵水黎族自治县")),
        ("河南省省直辖县级行政区划济源市天坛街道1号", "ok", ("河南省", "", "济源市")),
        # autonomous prefectures, leagues and banners
        ("吉林省延边州延吉市公园路1号", "incomplete", ("吉林省", "延边朝鲜族自治州", "延吉市")),
        ("云南省西双版纳州景洪市勐海路1号", "incomplete", ("云南省", "西双版纳傣族自治州", "景洪市")),
        ("内蒙古自治区呼伦贝尔市鄂伦春旗阿里河镇1号", "incomplete", ("内蒙古自治区", "呼伦贝尔市", "鄂伦春自治旗")),
        ("内蒙古兴安盟科右前旗科尔沁镇1号", "incomplete", ("内蒙古自治区", "兴安盟", "科尔沁右翼前旗")),
        ("内蒙古锡盟锡林浩特市那达慕街1号", "incomplete", ("内蒙古自治区", "锡林郭勒盟", "锡林浩特市")),
        # cities of the corps
        ("新疆阿拉尔市军垦大道1号", "incomplete", ("新疆维吾尔自治区", "", "阿拉尔市")),
        ("新疆维吾尔自治区白杨市1号", "ok", ("新疆维吾尔自治区", "", "白杨市")),
        ("新疆生产建设兵团第八师石河子市北三路1号", "incomplete", ("新疆维吾尔自治区", "", "石河子市")),
        # Xiong'an, and zones that are no divisions
        ("河北省雄安新区安新县安新镇1号", "incomplete", ("河北省", "保定市", "安新县")),
        ("雄安新区雄县雄州镇1号", "incomplete", ("河北省", "保定市", "雄县")),
        ("河北雄安新区启动区1号", "functional", ("河北省", "", "")),
        ("郑州航空港区迎宾大道1号", "functional", ("河南省", "郑州市", "")),
        ("四川天府新区华阳街道1号", "functional", ("四川省", "", "")),
        ("广东省珠海市横琴新区环岛东路1号", "functional", ("广东省", "珠海市", "")),
        # names shared by several
        ("新华区中山路1号", "ambiguous", ("", "", "")),
        ("河东区津塘路1号", "ambiguous", ("", "", "")),
        ("城关区东岗西路1号", "ambiguous", ("", "", "")),
        ("河北省长安区中山东路1号", "incomplete", ("河北省", "石家庄市", "长安区")),
        ("南通市通州区金沙街道1号", "incomplete", ("江苏省", "南通市", "通州区")),
        ("朝阳市朝阳县柳城街道1号", "incomplete", ("辽宁省", "朝阳市", "朝阳县")),
        # traditional characters, full-width digits, spaces and punctuation
        ("廣東省廣州市天河區珠江東路１１號", "ok", ("广东省", "广州市", "天河区")),
        ("臺州市椒江區中山東路1號", "incomplete", ("浙江省", "台州市", "椒江区")),
        ("河南省，郑州市，金水区，花园路３９号", "ok", ("河南省", "郑州市", "金水区")),
        ("河南省　郑州市　金水区　花园路39号", "ok", ("河南省", "郑州市", "金水区")),
        # a telephone, a name, a label or a postal code in the line
        ("张三 13812345678 河南省郑州市金水区花园路39号", "ok", ("河南省", "郑州市", "金水区")),
        ("河南省郑州市金水区花园路39号 张三 13812345678", "ok", ("河南省", "郑州市", "金水区")),
        ("收货人：李四，电话：0371-66668888，河南省郑州市金水区花园路39号", "ok", ("河南省", "郑州市", "金水区")),
        ("450000河南省郑州市金水区花园路39号", "ok", ("河南省", "郑州市", "金水区")),
        ("身份证地址：河南省周口市太康县马头镇1号", "ok", ("河南省", "周口市", "太康县")),
        # places with a handling of their own
        ("台北市信义区市府路1号", "special", ("台湾省", "", "")),
        ("福建省泉州市金门县金城镇1号", "ok", ("福建省", "泉州市", "金门县")),
        ("海南省三沙市西沙区永兴岛1号", "ok", ("海南省", "三沙市", "西沙区")),
    ],
)  # fmt: skip
def test_odd_places(divisions: Gazetteer, text: str, verdict: str, where: tuple[str, str, str]) -> None:
    answer = check_address(text, divisions)
    assert (answer.verdict, (answer.province, answer.city, answer.county)) == (verdict, where)


@pytest.mark.parametrize("number", ["13812345678", "１３８１２３４５６７８", "0371-66668888", "037166668888"])
def test_a_telephone_in_the_line_is_told(divisions: Gazetteer, number: str) -> None:
    answer = check_address(f"河南省郑州市金水区花园路39号 {number}", divisions)
    assert "电话" in answer.message
    assert answer.verdict == "ok"


@pytest.mark.parametrize("detail", ["花园路39号", "138号12345", "G107国道1234567"])
def test_other_numbers_are_no_telephones(divisions: Gazetteer, detail: str) -> None:
    assert "电话" not in check_address(f"河南省郑州市金水区{detail}", divisions).message
