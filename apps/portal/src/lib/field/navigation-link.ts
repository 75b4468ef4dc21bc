/**
 * An address that opens the phone's own map. Android takes `geo:` (WGS84); others get Amap's web link, told that the position is WGS84 so that it converts it itself.
 * Nothing leaves the product until a person presses it.
 */
export function mapLink(longitude: number, latitude: number, name: string, userAgent: string): string {
  const words = encodeURIComponent(name.slice(0, 60));
  if (/android/i.test(userAgent)) return `geo:${latitude},${longitude}?q=${latitude},${longitude}(${words})`;
  return `https://uri.amap.com/marker?position=${longitude},${latitude}&name=${words}&coordinate=wgs84&callnative=1`;
}
