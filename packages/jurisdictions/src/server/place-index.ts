import { type Bounds, type Id, type MultiPolygon, normalise } from '@baxing/kernel';
import Flatbush from 'flatbush';
import { type ChainLink, type Jurisdiction, type JurisdictionKind, type Located, NATIONAL_CODES, type OfficialCode, type Unit, type UnitArea, type UnitKind, type UnitRef } from '../kinds.ts';

/**
 * The whole register in memory, answerable at any instant. Owns the reading of dated rows; writes nothing.
 * The hard part: an instant selects a snapshot (the stretch between two neighbouring changes), and a snapshot knows one ready answer
 * per leaf, so that `locate` is one box search, one or two point-in-polygon tests and no allocation.
 */

interface Dated {
  readonly valid_from: number;
  readonly valid_to: number | null;
}
export interface PlaceRows {
  readonly jurisdictions: readonly (Dated & { id: string; kind: JurisdictionKind; layer: 'territorial' | 'zone'; synthetic: number })[];
  readonly terms: readonly (Dated & { jurisdiction_id: string; name: string; parent_id: string | null; ordinal: number })[];
  readonly codes: readonly (Dated & { jurisdiction_id: string; source: string; edition: string; code: string })[];
  readonly areas: readonly (Dated & { jurisdiction_id: string; shape: MultiPolygon; area_m2: number; bounds: Bounds; synthetic: number; source: string })[];
  readonly units: readonly (Dated & { id: string; name: string; short_name: string; kind: string; parent_id: string | null; note: string; ordinal: number; version: number })[];
  readonly unitAreas: readonly (Dated & { unit_id: string; jurisdiction_id: string; note: string })[];
}

/** A place's border at an instant. */
export interface PlaceArea {
  readonly shape: MultiPolygon;
  readonly areaSquareMetres: number;
  readonly bounds: Bounds;
  readonly synthetic: boolean;
  readonly source: string;
}

const validAt = (row: Dated, at: number): boolean => row.valid_from <= at && (row.valid_to === null || at < row.valid_to);

/** Rings of one shape, end to end; a point is inside when it crosses an odd number of edges. */
interface FlatShape {
  readonly area: PlaceArea;
  /** x0 y0 x1 y1 per edge, lower end first: two neighbours compute the same crossing from a shared edge, so a point falls to exactly one. */
  readonly edges: Float64Array;
}

function flatten(area: PlaceArea): FlatShape {
  const edges: number[] = [];
  for (const polygon of area.shape)
    for (const ring of polygon)
      for (let i = 0; i + 1 < ring.length; i += 1) {
        const [a, b] = [ring[i]!, ring[i + 1]!];
        if (a[1] < b[1]) edges.push(a[0], a[1], b[0], b[1]);
        else if (a[1] > b[1]) edges.push(b[0], b[1], a[0], a[1]);
      }
  return { area, edges: Float64Array.from(edges) };
}

function contains({ edges }: FlatShape, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0; i < edges.length; i += 4) {
    const y0 = edges[i + 1]!;
    const y1 = edges[i + 3]!;
    // Half-open in y: an end shared by two edges counts once.
    if (y < y0 || y >= y1) continue;
    const x0 = edges[i]!;
    if (x < ((edges[i + 2]! - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
  }
  return inside;
}

/** Shapes searched together. Where data overlap, the earlier in the list wins. */
class ShapeLayer {
  readonly #ids: readonly string[];
  readonly #shapes: readonly FlatShape[];
  readonly #boxes: Flatbush | null;

  constructor(entries: readonly (readonly [id: string, shape: FlatShape])[]) {
    this.#ids = entries.map(([id]) => id);
    this.#shapes = entries.map(([, shape]) => shape);
    this.#boxes = entries.length > 0 ? new Flatbush(entries.length) : null;
    for (const shape of this.#shapes) this.#boxes!.add(...(shape.area.bounds as [number, number, number, number]));
    this.#boxes?.finish();
  }

  find(x: number, y: number): string | null {
    if (!this.#boxes) return null;
    let best = -1;
    for (const candidate of this.#boxes.search(x, y, x, y)) if ((best < 0 || candidate < best) && contains(this.#shapes[candidate]!, x, y)) best = candidate;
    return best < 0 ? null : this.#ids[best]!;
  }
}

/** The register between two neighbouring changes. */
class Snapshot {
  readonly jurisdictions = new Map<string, Jurisdiction>();
  readonly units = new Map<string, Unit>();
  readonly areas = new Map<string, FlatShape>();
  readonly #children = new Map<string, Jurisdiction[]>();
  readonly #codes = new Map<string, Jurisdiction>();
  readonly #unitsByArea = new Map<string, Unit[]>();
  readonly #areasByUnit = new Map<string, UnitArea[]>();
  readonly #unitsByName = new Map<string, Unit[]>();
  readonly #layers: readonly ShapeLayer[];
  readonly #zoneLayer: ShapeLayer;
  readonly #answers = new Map<string, Located>();

  constructor(rows: PlaceRows, flat: (area: PlaceRows['areas'][number]) => FlatShape, at: number) {
    this.#readTree(rows, at);
    for (const area of rows.areas) if (validAt(area, at) && this.jurisdictions.has(area.jurisdiction_id)) this.areas.set(area.jurisdiction_id, flat(area));
    this.#readUnits(rows, at);
    const territorial = [...this.areas].filter(([id]) => this.jurisdictions.get(id)!.layer === 'territorial');
    const isLeaf = (id: string): boolean => !this.children(id).some((child) => this.areas.has(child.id));
    const depth = (id: string): number => this.jurisdictions.get(id)!.path.length;
    // Leaves answer nearly every point; the layer above them answers where a parent is not wholly covered by its children.
    this.#layers = [new ShapeLayer(territorial.filter(([id]) => isLeaf(id))), new ShapeLayer(territorial.filter(([id]) => !isLeaf(id)).sort((a, b) => depth(b[0]) - depth(a[0])))];
    this.#zoneLayer = new ShapeLayer([...this.areas].filter(([id]) => this.jurisdictions.get(id)!.layer === 'zone'));
  }

  #readTree(rows: PlaceRows, at: number): void {
    const terms = new Map(rows.terms.filter((row) => validAt(row, at)).map((row) => [row.jurisdiction_id, row]));
    const codes = new Map<string, OfficialCode[]>();
    for (const row of rows.codes)
      if (validAt(row, at)) codes.set(row.jurisdiction_id, [...(codes.get(row.jurisdiction_id) ?? []), { source: row.source, edition: row.edition, code: row.code }]);
    const lives = new Map(rows.jurisdictions.filter((row) => validAt(row, at) && terms.has(row.id)).map((row) => [row.id, row]));
    const make = (id: string): Jurisdiction | null => {
      const known = this.jurisdictions.get(id);
      const life = lives.get(id);
      if (known || !life) return known ?? null;
      const term = terms.get(id)!;
      const parent = term.parent_id === null ? null : make(term.parent_id);
      const own = (codes.get(id) ?? []).sort(byPreference);
      const place: Jurisdiction = {
        id: id as Id<'jur'>,
        kind: life.kind,
        layer: life.layer,
        name: term.name,
        parentId: term.parent_id as Id<'jur'> | null,
        path: `${parent?.path ?? '/'}${id}/`,
        code: own[0]?.code ?? null,
        codes: own,
        ordinal: term.ordinal,
        synthetic: life.synthetic === 1,
        validFrom: life.valid_from,
        validTo: life.valid_to,
      };
      this.jurisdictions.set(id, place);
      for (const { source, edition, code } of own) this.#codes.set(codeKey(source, edition, code), place);
      if (parent && place.layer === 'territorial') this.#children.set(parent.id, [...(this.#children.get(parent.id) ?? []), place]);
      return place;
    };
    for (const id of lives.keys()) make(id);
    for (const siblings of this.#children.values()) siblings.sort(byOrdinal);
  }

  #readUnits(rows: PlaceRows, at: number): void {
    for (const row of rows.units) {
      if (!validAt(row, at)) continue;
      const unit: Unit = {
        id: row.id as Id<'unt'>,
        name: row.name,
        shortName: row.short_name,
        kind: row.kind as UnitKind,
        parentId: row.parent_id as Id<'unt'> | null,
        note: row.note,
        ordinal: row.ordinal,
        validFrom: row.valid_from,
        validTo: row.valid_to,
        version: row.version,
      };
      this.units.set(unit.id, unit);
      for (const name of new Set([unit.name, unit.shortName])) this.#unitsByName.set(name, [...(this.#unitsByName.get(name) ?? []), unit]);
    }
    for (const row of rows.unitAreas) {
      const unit = this.units.get(row.unit_id);
      const place = this.jurisdictions.get(row.jurisdiction_id);
      if (!validAt(row, at) || !unit || !place) continue;
      this.#unitsByArea.set(place.id, [...(this.#unitsByArea.get(place.id) ?? []), unit].sort(byOrdinal));
      this.#areasByUnit.set(unit.id, [...(this.#areasByUnit.get(unit.id) ?? []), { id: place.id, kind: place.kind, name: place.name, note: row.note }]);
    }
  }

  children(id: string): readonly Jurisdiction[] {
    return this.#children.get(id) ?? [];
  }

  byCode(source: string, edition: string, code: string): Jurisdiction | null {
    return this.#codes.get(codeKey(source, edition, code)) ?? null;
  }

  unitAreas(unitId: string): readonly UnitArea[] {
    return this.#areasByUnit.get(unitId) ?? [];
  }

  unitsNamed(name: string): readonly Unit[] {
    return this.#unitsByName.get(name) ?? [];
  }

  locate(longitude: number, latitude: number): Located | null {
    const leaf = this.#layers[0]!.find(longitude, latitude) ?? this.#layers[1]!.find(longitude, latitude);
    if (leaf === null) return null;
    const zone = this.#zoneLayer.find(longitude, latitude);
    const key = zone === null ? leaf : `${leaf} ${zone}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const answer = this.#describe(leaf, zone);
    this.#answers.set(key, answer);
    return answer;
  }

  #describe(leafId: string, zoneId: string | null): Located {
    const chain = idsOf(this.jurisdictions.get(leafId)!.path).map((id) => this.jurisdictions.get(id)!);
    const zone = zoneId === null ? null : this.jurisdictions.get(zoneId)!;
    const places = [...(zone ? [zone] : []), ...chain.toReversed()];
    const covering = [...new Set(places.flatMap((place) => this.#unitsByArea.get(place.id) ?? []))];
    const territorialUnit = covering.find((unit) => unit.kind === 'street_office') ?? covering.find((unit) => unit.kind === 'district_government') ?? null;
    return deepFreeze({
      chain: chain.map(linkOf),
      territorialUnit: territorialUnit && refOf(territorialUnit),
      units: covering.filter((unit) => unit !== territorialUnit).map(refOf),
      zone: zone && linkOf(zone),
      synthetic: places.some((place) => place.synthetic || this.areas.get(place.id)?.area.synthetic === true),
    });
  }
}

const codeKey = (source: string, edition: string, code: string): string => `${source} ${edition} ${code}`;
const linkOf = ({ id, kind, name, code }: Jurisdiction): ChainLink => ({ id, kind, name, code });
const refOf = ({ id, name, shortName, kind }: Unit): UnitRef => ({ id, name, shortName, kind });
const idsOf = (path: string): string[] => path.split('/').slice(1, -1);
const byOrdinal = (a: { ordinal: number; id: string }, b: { ordinal: number; id: string }): number => a.ordinal - b.ordinal || (a.id < b.id ? -1 : 1);
const byPreference = (a: OfficialCode, b: OfficialCode): number =>
  Number(b.source === NATIONAL_CODES.source) - Number(a.source === NATIONAL_CODES.source) || (a.edition < b.edition ? 1 : a.edition > b.edition ? -1 : 0) || (a.code < b.code ? -1 : 1);

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

const SNAPSHOTS_KEPT_MAX = 16;

/** Reads of the register at an instant `at` (epoch ms). An unknown id, code or point answers null; lists come in the order of the register. */
export class PlaceIndex {
  readonly #rows: PlaceRows;
  /** Instants at which anything changes, ascending. */
  readonly #changes: Float64Array;
  readonly #snapshots = new Map<number, Snapshot>();
  readonly #flat = new Map<PlaceRows['areas'][number], FlatShape>();
  #recent: { from: number; to: number; snapshot: Snapshot } | null = null;

  constructor(rows: PlaceRows) {
    this.#rows = rows;
    const changes = new Set<number>();
    for (const list of Object.values(rows) as (readonly Dated[])[])
      for (const row of list) {
        changes.add(row.valid_from);
        if (row.valid_to !== null) changes.add(row.valid_to);
      }
    this.#changes = Float64Array.from(changes).sort();
  }

  #at(at: number): Snapshot {
    if (this.#recent && this.#recent.from <= at && at < this.#recent.to) return this.#recent.snapshot;
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#changes[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    let snapshot = this.#snapshots.get(low);
    if (!snapshot) {
      if (this.#snapshots.size >= SNAPSHOTS_KEPT_MAX) this.#snapshots.delete(this.#snapshots.keys().next().value!);
      snapshot = new Snapshot(this.#rows, (area) => this.#flatten(area), low === 0 ? Number.NEGATIVE_INFINITY : this.#changes[low - 1]!);
      this.#snapshots.set(low, snapshot);
    }
    this.#recent = { from: this.#changes[low - 1] ?? Number.NEGATIVE_INFINITY, to: this.#changes[low] ?? Number.POSITIVE_INFINITY, snapshot };
    return snapshot;
  }

  #flatten(row: PlaceRows['areas'][number]): FlatShape {
    let flat = this.#flat.get(row);
    if (!flat) {
      flat = flatten({ shape: row.shape, areaSquareMetres: row.area_m2, bounds: row.bounds, synthetic: row.synthetic === 1, source: row.source });
      this.#flat.set(row, flat);
    }
    return flat;
  }

  /** The instant at which something with a life in time was last so; what lives on answers the farthest known future. */
  #lastOf(rows: readonly (Dated & { id: string })[], id: string): number | null {
    const row = rows.find((candidate) => candidate.id === id);
    return row ? (row.valid_to === null ? Number.MAX_SAFE_INTEGER : row.valid_to - 1) : null;
  }

  /** WGS84 degrees. Null = outside the city. The answer is frozen and shared: do not keep it to change it. */
  locate(longitude: number, latitude: number, at: number): Located | null {
    return this.#at(at).locate(longitude, latitude);
  }

  /** Without `at`: as last known, dissolved places too, so that history can always name what it speaks of. */
  jurisdiction(id: string, at?: number): Jurisdiction | null {
    const instant = at ?? this.#lastOf(this.#rows.jurisdictions, id);
    return instant === null ? null : (this.#at(instant).jurisdictions.get(id) ?? null);
  }

  /** Without `at`: as last known. */
  unit(id: string, at?: number): Unit | null {
    const instant = at ?? this.#lastOf(this.#rows.units, id);
    return instant === null ? null : (this.#at(instant).units.get(id) ?? null);
  }

  /** `/jur_city/…/jur_x/`; '/' when unknown. */
  pathOf(id: string, at?: number): string {
    return this.jurisdiction(id, at)?.path ?? '/';
  }

  /** Ids from the city down to the place itself; what an actor's `areaPath` holds. */
  pathIds(id: string, at?: number): Id<'jur'>[] {
    return idsOf(this.pathOf(id, at)) as Id<'jur'>[];
  }

  /** From the city down to the parent. */
  ancestors(id: string, at?: number): Jurisdiction[] {
    const instant = at ?? this.#lastOf(this.#rows.jurisdictions, id);
    if (instant === null) return [];
    return this.pathIds(id, instant)
      .slice(0, -1)
      .map((above) => this.#at(instant).jurisdictions.get(above)!);
  }

  /** Territorial children; zones are not among them. */
  children(id: string, at: number): readonly Jurisdiction[] {
    return this.#at(at).children(id);
  }

  /** The place and everything below it, parents first. */
  subtree(id: string, at: number): Jurisdiction[] {
    const place = this.jurisdiction(id, at);
    return place ? [place, ...this.children(id, at).flatMap((child) => this.subtree(child.id, at))] : [];
  }

  /** The territorial tree from the city down, then the zones. */
  jurisdictions(at: number): Jurisdiction[] {
    const city = this.city(at);
    return [...(city ? this.subtree(city.id, at) : []), ...this.zones(at)];
  }

  city(at: number): Jurisdiction | null {
    return [...this.#at(at).jurisdictions.values()].find((place) => place.kind === 'city') ?? null;
  }

  zones(at: number): Jurisdiction[] {
    return [...this.#at(at).jurisdictions.values()].filter((place) => place.layer === 'zone').sort(byOrdinal);
  }

  /** The border, null where the data have none (the city, the zones, a place just created). */
  area(id: string, at: number): PlaceArea | null {
    return this.#at(at).areas.get(id)?.area ?? null;
  }

  byCode(source: string, edition: string, code: string, at: number): Jurisdiction | null {
    return this.#at(at).byCode(source, edition, code);
  }

  units(at: number): Unit[] {
    return [...this.#at(at).units.values()].sort(byOrdinal);
  }

  /** Units of a kind with an area inside `withinAreaId`, itself included; null = anywhere, also units without an area. */
  unitsOfKind(kind: UnitKind, withinAreaId: string | null, at: number): Unit[] {
    return this.units(at).filter((unit) => unit.kind === kind && (withinAreaId === null || this.unitAreas(unit.id, at).some((area) => this.pathOf(area.id, at).includes(`/${withinAreaId}/`))));
  }

  unitAreas(unitId: string, at: number): readonly UnitArea[] {
    return this.#at(at).unitAreas(unitId);
  }

  /** Units called exactly so, in full or in short. Without `at`: as last known. Several may answer; a person decides. */
  findUnits(name: string, at?: number): readonly Unit[] {
    return this.#at(at ?? Number.MAX_SAFE_INTEGER).unitsNamed(normalise(name));
  }
}
