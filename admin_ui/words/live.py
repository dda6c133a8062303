"""Words of the live board."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "live.title": ("今天的外访", "Today's visits"),
    "live.read_at": ("{at} 更新，每 15 秒自动更新", "Read at {at}; read again every 15 seconds"),
    "live.teams": ("各组情况", "The teams"),
    "live.map": ("今天外访的地图", "Map of today's visits"),
    "live.map_again": ("更新位置", "Read the places again"),
    "live.map_close": ("返回，不看地图", "Back, without the map"),
    "live.map_what": (
        "位置为 {at} 读取，不自动更新；编号是小组和顺序，与下表一致。每次读取都留有记录。",
        "Places as of {at}; they do not refresh by themselves. Numbers are team and order, as below. "
        "Each reading is logged.",
    ),
    "live.places": ("今天外访的位置", "Where today's visits are"),
    "live.pin": ("编号", "Number"),
    "live.team": ("小组", "Team"),
    "live.county": ("区县", "District"),
    "live.state": ("状态", "State"),
    "live.seen_at": ("位置来自", "Place from"),
    "live.by_address": ("外访地址", "the address"),
    "live.no_places": ("今天的外访还没有已知位置", "No place of today's visits is known"),
    "live.no_places_what": (
        "签到或地址定位后，位置会出现在这里。",
        "Places show here once somebody has checked in or an address is located.",
    ),
    "live.until": ("至 {at}", "until {at}"),
    "live.came": ("{name} {at} 签到", "{name} checked in {at}"),
    "live.evidence": ("照片 {photos} · 录音 {recordings}", "photos {photos} · recordings {recordings}"),
    "live.sending": ("上传中 {count}", "on their way {count}"),
    "live.awaited": ("手机上待传 {count}", "still on the phone {count}"),
    "live.unsent": (
        "{name} 的手机 {at} 报告 {count} 项未上传",
        "{name}'s phone told at {at} of {count} not sent",
    ),
    "live.none": ("今天没有外访", "No visits today"),
    "live.none_what": (
        "今天没有已发布的计划，也没有进行中的外访。计划发布后这里按小组显示。",
        "No plan is published for today and no visit is running. The teams of a published plan show here.",
    ),
    "Alarm.partner_missing": ("搭档未到场", "the partner did not come"),
    "Alarm.partner_awaited": ("等待搭档签到", "waits for the partner"),
    "Alarm.overdue": ("已过允许时段，未签退", "past the hours and not checked out"),
    "Alarm.lease_over": ("时段已过，未开始", "the hours are over and it did not begin"),
    "Alarm.held": ("已停催，不得外访", "stopped: no visit"),
}
