// dem.c - heights from an elevation raster, such as a GeoTIFF of SRTM or Copernicus: bilinear between the middles of
// its cells, by GDAL. A build without GDAL says so.
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "import/import.h"

#ifdef PISTE_GDAL
#include <dlfcn.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_srs_api.h>

// What is used of GDAL, by its own names: the library is loaded when it is needed. It brings a hundred others, which no
// other command shall wait for.
// clang-format off
#define FUNCTIONS \
    X(GDALAllRegister) X(CPLPushErrorHandler) X(CPLPopErrorHandler) X(CPLQuietErrorHandler) \
    X(CPLErrorReset) X(CPLGetLastErrorMsg) X(GDALOpenEx) X(GDALClose) X(GDALGetRasterCount) \
    X(GDALGetRasterBand) X(GDALGetRasterXSize) X(GDALGetRasterYSize) X(GDALGetSpatialRef) \
    X(GDALGetGeoTransform) X(GDALInvGeoTransform) X(OSRNewSpatialReference) X(OSRImportFromEPSG) \
    X(OSRSetAxisMappingStrategy) X(OSRDestroySpatialReference) X(OCTNewCoordinateTransformation) \
    X(OCTDestroyCoordinateTransformation) X(OCTTransform) X(GDALGetRasterNoDataValue) X(GDALGetRasterScale) \
    X(GDALGetRasterOffset) X(GDALRasterIO)
// clang-format on
static struct {
    void *library;
#define X(name) __typeof__(&name) name;
    FUNCTIONS
#undef X
} g;

static bool load_gdal(void) {
    g.library = g.library ? g.library : dlopen(PISTE_GDAL, RTLD_NOW | RTLD_LOCAL);
    if (!g.library)
        return false;
#define X(name)                                                                                                        \
    do {                                                                                                               \
        void *found = dlsym(g.library, #name);                                                                         \
        if (!found)                                                                                                    \
            return false;                                                                                              \
        memcpy(&g.name, &found, sizeof found);                                                                         \
    } while (0);
    FUNCTIONS
#undef X
    return true;
}

typedef struct raster {
    importer *im;
    GDALDatasetH data;
    GDALRasterBandH band;
    OGRCoordinateTransformationH to_raster;
    double grid[6]; // from map coordinates to column and row
    int columns, rows;
    double no_data, scale, offset;
    bool has_no_data;
    int32_t filled, outside, empty;
} raster;

static piste_status wrong(raster *r, piste_status status, const char *format, ...) PISTE_PRINTF(3, 4);
static piste_status wrong(raster *r, piste_status status, const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return piste_errors_add(r->im->errors, status, r->im->def->dem, 0, 0, "%s", message);
}

static piste_status open_raster(raster *r) {
    double forward[6];
    int has = 0;
    r->data =
        g.GDALOpenEx(r->im->def->dem, GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    if (!r->data)
        return wrong(r, PISTE_SYNTAX, "not an elevation raster: %.300s", g.CPLGetLastErrorMsg());
    if (g.GDALGetRasterCount(r->data) < 1)
        return wrong(r, PISTE_INVALID, "no band, expected one of heights");
    r->band = g.GDALGetRasterBand(r->data, 1);
    r->columns = g.GDALGetRasterXSize(r->data);
    r->rows = g.GDALGetRasterYSize(r->data);
    OGRSpatialReferenceH own = g.GDALGetSpatialRef(r->data);
    if (g.GDALGetGeoTransform(r->data, forward) != CE_None || !g.GDALInvGeoTransform(forward, r->grid) || !own)
        return wrong(r, PISTE_INVALID, "it does not say where it lies, expected a georeferenced raster");
    OGRSpatialReferenceH world = g.OSRNewSpatialReference(NULL);
    g.OSRImportFromEPSG(world, 4326);
    g.OSRSetAxisMappingStrategy(world, OAMS_TRADITIONAL_GIS_ORDER);
    r->to_raster = g.OCTNewCoordinateTransformation(world, own);
    g.OSRDestroySpatialReference(world);
    if (!r->to_raster)
        return wrong(r, PISTE_INVALID, "its coordinates cannot be computed: %.300s", g.CPLGetLastErrorMsg());
    r->no_data = g.GDALGetRasterNoDataValue(r->band, &has);
    r->has_no_data = has != 0;
    r->scale = g.GDALGetRasterScale(r->band, &has);
    r->scale = has ? r->scale : 1;
    r->offset = g.GDALGetRasterOffset(r->band, &has);
    r->offset = has ? r->offset : 0;
    return PISTE_OK;
}

typedef enum sampled { FILLED, OUTSIDE, EMPTY, BROKEN } sampled;

static sampled sample(raster *r, const import_point *p, double *h) {
    double x = p->lon, y = p->lat, cells[4];
    if (!g.OCTTransform(r->to_raster, 1, &x, &y, NULL))
        return OUTSIDE;
    double column = r->grid[0] + r->grid[1] * x + r->grid[2] * y, row = r->grid[3] + r->grid[4] * x + r->grid[5] * y;
    if (!(column >= 0 && column <= r->columns && row >= 0 && row <= r->rows))
        return OUTSIDE;
    column = fmax(0, fmin(column - 0.5, r->columns - 1));
    row = fmax(0, fmin(row - 0.5, r->rows - 1));
    int left = (int)column, top = (int)row, wide = left + 1 < r->columns ? 2 : 1, high = top + 1 < r->rows ? 2 : 1;
    if (g.GDALRasterIO(r->band, GF_Read, left, top, wide, high, cells, wide, high, GDT_Float64, 0, 0) != CE_None)
        return BROKEN;
    double u = column - left, v = row - top, sum = 0;
    for (int i = 0; i < high; i++)
        for (int k = 0; k < wide; k++) {
            double value = cells[i * wide + k],
                   part = (wide > 1 ? (k ? u : 1 - u) : 1) * (high > 1 ? (i ? v : 1 - v) : 1);
            if (part <= 0)
                continue;
            double height = value * r->scale + r->offset;
            if (isnan(value) || (r->has_no_data && value == r->no_data) || !(height >= -500 && height <= 9000))
                return EMPTY;
            sum += height * part;
        }
    *h = base_round(sum, 1);
    return FILLED;
}

static bool fill(raster *r, import_line *line) {
    for (int32_t i = 0; i < line->count; i++) {
        if (!isnan(line->points[i].h))
            continue;
        switch (sample(r, &line->points[i], &line->points[i].h)) {
        case FILLED:
            r->filled++;
            break;
        case OUTSIDE:
            r->outside++;
            break;
        case EMPTY:
            r->empty++;
            break;
        default:
            return false;
        }
    }
    return true;
}

static piste_status fill_all(raster *r) {
    importer *im = r->im;
    for (int32_t l = 0; l < im->line_count + im->area_count; l++)
        if (!fill(r, l < im->line_count ? &im->lines[l] : &im->areas[l - im->line_count]))
            return wrong(r, PISTE_IO, "cannot be read: %.300s", g.CPLGetLastErrorMsg());
    if (r->filled == 0 && r->outside + r->empty > 0)
        return r->outside > r->empty
                   ? wrong(r, PISTE_INVALID, "it does not cover %s, which lies at %.4f, %.4f (latitude, longitude)",
                           im->area_name, im->lat0, im->lon0)
                   : wrong(r, PISTE_INVALID, "it has no data where %s lies (%.4f, %.4f)", im->area_name, im->lat0,
                           im->lon0);
    if (r->filled)
        import_tell(im, IMPORT_ASSUMED, "heights", -1, "%d from %s", r->filled, im->def->dem);
    if (r->outside || r->empty)
        import_tell(im, IMPORT_ASSUMED, "heights", -1, "%d points lie outside of %s, and at %d it has no data",
                    r->outside, im->def->dem, r->empty);
    return PISTE_OK;
}

piste_status import_dem(importer *im) {
    if (!im->def->dem)
        return PISTE_OK;
    raster r = {.im = im};
    struct stat about;
    if (stat(im->def->dem, &about) != 0)
        return wrong(&r, errno == ENOENT || errno == ENOTDIR ? PISTE_NOT_FOUND : PISTE_IO, "%s", strerror(errno));
    if (!load_gdal())
        return piste_errors_add(im->errors, PISTE_USAGE, im->def->dem, 0, 0,
                                "elevation rasters need GDAL, and %s cannot be loaded", PISTE_GDAL);
    g.GDALAllRegister();
    g.CPLPushErrorHandler(g.CPLQuietErrorHandler);
    g.CPLErrorReset();
    piste_status status = open_raster(&r);
    if (status == PISTE_OK)
        status = fill_all(&r);
    if (r.to_raster)
        g.OCTDestroyCoordinateTransformation(r.to_raster);
    if (r.data)
        g.GDALClose(r.data);
    g.CPLPopErrorHandler();
    return status;
}
#else
piste_status import_dem(importer *im) {
    if (!im->def->dem)
        return PISTE_OK;
    return piste_errors_add(im->errors, PISTE_USAGE, im->def->dem, 0, 0,
                            "this build of piste cannot read elevation rasters: it was made without GDAL");
}
#endif
