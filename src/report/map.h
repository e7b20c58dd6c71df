// map.h - where everything stands on a drawing of the resort: in metres around its middle where the geometry is known,
// otherwise laid out from heights and connections alone.
//
//     map_plan plan;
//     if (map_plan_make(resort, arena, &plan))
//         ... plan.lifts[i].points[k].x, metres east of the middle; y, metres north ...
//
// The trail sign in SVG and the pages' maps are drawn from the same plan. Everything lives in the arena.
#ifndef REPORT_MAP_H
#define REPORT_MAP_H

#include "base/base.h"
#include "piste/resort.h"

typedef struct map_point {
    double x, y; // m, to the east and to the north; NaN where unknown
} map_point;

typedef struct map_line {
    const map_point *points; // in the direction of travel; NULL where it has no place on the drawing
    int32_t count;
} map_line;

typedef struct map_plan {
    bool schematic;        // nobody surveyed this: y tells heights, x nothing
    bool empty;            // nothing to draw
    double lon_deg, lat_deg; // of (0, 0); NaN where schematic
    double m_per_lon_deg, m_per_lat_deg;
    map_point min, max;    // of all that is drawn
    const map_point *places; // as the resort's lists
    const map_line *lifts, *runs, *walks;
} map_plan;

// false: no memory.
bool map_plan_make(const piste_resort *resort, base_arena *arena, map_plan *plan);

// The layout where there is no geometry. Fills `places`, which has room for all of them.
bool map_schematic(const piste_resort *resort, base_arena *arena, map_point *places);
// A way between two points of a schematic drawing, bowed to the side by `bow` of its length.
bool map_bow(base_arena *arena, map_point from, map_point to, double bow, map_line *line);

#endif
