/*
 * Links to the map apps that drivers use: to the known point of an address (WGS-84, each app converts it), else to a
 * search for its text. Nothing of a person goes along.
 */
import type { Visit } from "./visits";

export type MapApp = "amap" | "baidu" | "tencent";
export const MAP_APPS: readonly MapApp[] = ["amap", "baidu", "tencent"];

const SOURCE = "fieldvisit";

export function mapLink(app: MapApp, visit: Visit): string {
  const text = visit.brief.address.text;
  const point = visit.brief.point;
  // A county's outline is no place to drive to.
  const known = point !== null && (point.against === "geocoded" || point.against === "earlier_visit") ? point : null;
  return known === null ? search(app, text) : route(app, text, known.latitude, known.longitude);
}

function route(app: MapApp, text: string, latitude: number, longitude: number): string {
  switch (app) {
    case "amap": {
      const to = `${longitude},${latitude},${text}`;
      return link("https://uri.amap.com/navigation", { to, mode: "car", coordinate: "wgs84", callnative: "1" });
    }
    case "baidu": {
      const place = { location: `${latitude},${longitude}`, title: text, content: text, coord_type: "wgs84" };
      return link("https://api.map.baidu.com/marker", { ...place, output: "html", src: SOURCE });
    }
    case "tencent": {
      const marker = `coord:${latitude},${longitude};title:${text};addr:${text}`;
      return link("https://apis.map.qq.com/uri/v1/marker", { marker, coord_type: "1", referer: SOURCE });
    }
  }
}

function search(app: MapApp, text: string): string {
  switch (app) {
    case "amap":
      return link("https://uri.amap.com/search", { keyword: text, callnative: "1" });
    case "baidu":
      return link("https://api.map.baidu.com/geocoder", { address: text, output: "html", src: SOURCE });
    case "tencent":
      return link("https://apis.map.qq.com/uri/v1/search", { keyword: text, referer: SOURCE });
  }
}

function link(address: string, told: Record<string, string>): string {
  return `${address}?${new URLSearchParams(told).toString()}`;
}
