"""Words of flags on evidence, of voiding, of the gallery and the drawing of places."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "flag.what": (
        "提示只是线索，不是结论：外访员可以说明，经理核对后判定；只有作废才影响结果。",
        "A flag is a lead, not a verdict: agents explain, a manager decides; only voiding changes anything.",
    ),
    "flag.raised": ("提示时间", "Raised"),
    "flag.sentence": ("提示", "Flag"),
    "flag.said": ("外访员说明", "The agents' answer"),
    "flag.none": ("没有此状态的提示", "No flags in this state"),
    "flag.none_what": (
        "照片、录音和定位收到后自动核对，有疑点时在这里提示。",
        "Photos, recordings and locations are checked as they come; what does not fit is shown here.",
    ),
    "flag.answer": ("说明：", "Answer:"),
    "flag.reason": ("判定理由：", "Decided because:"),
    "flag.answer_label": ("您的说明（判定前可以更正）", "Your answer (can be corrected until it is decided)"),
    "flag.send_answer": ("提交说明", "Send"),
    "flag.decide": ("判定", "Decide"),
    "flag.uphold_and_void": ("属实并作废外访", "Upheld, and void the visit"),
    "flag.void": ("作废证据", "Void the evidence"),
    "flag.void_what": (
        "证据确属伪造时使用：外访不计入业绩并登记事件；所有资料保留，不删除。",
        "For forged evidence: the visit does not count and an incident opens; everything stays, nothing is deleted.",
    ),
    "flag.void_sure": (
        "作废这次外访的证据？此操作不能撤销。",
        "Void this visit's evidence? It cannot be taken back.",
    ),
    "visit.gallery": ("照片", "Photos"),
    "pin.check_in": ("签到：{label}", "Check-in: {label}"),
    "pin.photo": ("照片 {label}", "Photo {label}"),
    "pin.address": ("外访地址", "The address"),
    "map.home": ("址", "A"),
    "map.metres": ("米", "m"),
    "map.kilometres": ("公里", "km"),
    "map.nearer": ("放大", "Zoom in"),
    "map.farther": ("缩小", "Zoom out"),
    "map.failed": (
        "街道地图没有加载出来，点位不受影响。请告知 IT 检查地图服务。",
        "The street map did not load; the points are as they were. Tell IT to look at the map's server.",
    ),
    "map.street": (
        "可拖动，方向键移动，＋－缩放。",
        "Drag it or use the arrow keys; + and − zoom.",
    ),
    "map.no_street": (
        "未设置地图服务，只显示点位、网格和比例尺；可拖动，方向键移动，＋－缩放。",
        "No map server is set, so only points, a grid and a scale are shown; drag, arrow keys, + and − work.",
    ),
    "visit.positions": ("签到、照片与地址的相对位置", "Where check-ins and photos were, beside the address"),
    "visit.positions_what": (
        "签到标姓，照片标序号，另有外访地址（虚线内算在外访地）；圈为定位误差，北在上。",
        "Check-ins by a name's first character, photos by number, the address with its fence. Rings are accuracies; "
        "north is up.",
    ),
    "visit.metres": ("{metres} 米", "{metres} m"),
}
