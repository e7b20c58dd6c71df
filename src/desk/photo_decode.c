// photo_decode.c - from the bytes of a photograph to small JPEG files of its pixels. See photo.h for where this runs.
//
// What a file says of its size is read and judged before memory is taken for it. Then libjpeg-turbo or libpng decodes
// it (a JPEG at the least of its own scales that is still large enough), cairo turns and scales it, and libjpeg-turbo
// writes it. A PNG that is seen through stands on white. A file's colour profile is not followed: sRGB is assumed.
#include "desk/photo.h"

#include <cairo.h>
#include <libexif/exif-data.h>
#include <png.h>
#include <stdlib.h>
#include <turbojpeg.h>

static const int sides[DESK_PHOTO_SIZES] = {320, 800, DESK_PHOTO_SIDE_MAX};
enum { QUALITY = 82 };

const char *desk_photo_reason(desk_photo_fault fault) {
    static const char *const reasons[] = {"", "photo_type", "photo_damaged", "photo_large", "photo_colours", "photo_moves", "photo_failed"};
    return reasons[fault];
}

void desk_photo_release(desk_photo_images *images) {
    for (int i = 0; i < images->count; i++)
        free(images->list[i].bytes);
    images->count = 0;
}

static desk_photo_fault off(desk_photo_images *out, desk_photo_fault fault, const char *format, ...) PISTE_PRINTF(3, 4);
static desk_photo_fault off(desk_photo_images *out, desk_photo_fault fault, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(out->message, sizeof out->message, format, args);
    va_end(args);
    return fault;
}

static desk_photo_fault check_size(desk_photo_images *out, int64_t width, int64_t height) {
    if (width < DESK_PHOTO_EDGE_MIN || height < DESK_PHOTO_EDGE_MIN || width > DESK_PHOTO_EDGE_MAX || height > DESK_PHOTO_EDGE_MAX)
        return off(out, DESK_PHOTO_LARGE, "has %lld x %lld pixels, expected %d to %d each way", (long long)width, (long long)height,
                   DESK_PHOTO_EDGE_MIN, DESK_PHOTO_EDGE_MAX);
    if (width * height > DESK_PHOTO_PIXELS_MAX)
        return off(out, DESK_PHOTO_LARGE, "has %lld x %lld pixels, expected at most %d millions of them", (long long)width, (long long)height,
                   DESK_PHOTO_PIXELS_MAX / 1000000);
    return DESK_PHOTO_FINE;
}

static cairo_surface_t *canvas(int width, int height) {
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    if (cairo_surface_status(s) == CAIRO_STATUS_SUCCESS)
        return s;
    cairo_surface_destroy(s);
    return NULL;
}

// ---- JPEG --------------------------------------------------------------------------------------------------------------

// 1 to 8, as EXIF numbers them; 1, upright, where it says nothing that can be understood.
static int orientation_of(const unsigned char *bytes, size_t size) {
    ExifData *exif = exif_data_new();
    int found = 1;
    if (!exif)
        return found;
    exif_data_unset_option(exif, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION); // nothing is to be mended
    exif_data_load_data(exif, bytes, (unsigned)size);
    const ExifEntry *e = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (e && e->format == EXIF_FORMAT_SHORT && e->components >= 1 && e->size >= 2)
        found = exif_get_short(e->data, exif_data_get_byte_order(exif));
    exif_data_unref(exif);
    return found >= 1 && found <= 8 ? found : 1;
}

// The least scale at which a side is still as long as the largest image.
static tjscalingfactor scale_of(int width, int height) {
    int count = 0, longest = width > height ? width : height;
    const tjscalingfactor *all = tjGetScalingFactors(&count);
    tjscalingfactor best = {1, 1};
    for (int i = 0; all && i < count; i++)
        if (all[i].num <= all[i].denom && TJSCALED(longest, all[i]) >= DESK_PHOTO_SIDE_MAX && all[i].num * best.denom < best.num * all[i].denom)
            best = all[i];
    return best;
}

static desk_photo_fault read_jpeg(tjhandle h, const unsigned char *bytes, size_t size, desk_photo_images *out, cairo_surface_t **picture) {
    int width = 0, height = 0, subsampling = 0, colours = 0;
    if (tjDecompressHeader3(h, bytes, size, &width, &height, &subsampling, &colours) != 0 || width <= 0 || height <= 0)
        return off(out, DESK_PHOTO_DAMAGED, "cannot be read as a JPEG: %.120s", tjGetErrorStr2(h));
    if (colours == TJCS_CMYK || colours == TJCS_YCCK)
        return off(out, DESK_PHOTO_COLOURS, "has the colours of print (CMYK), expected those of a screen (RGB)");
    desk_photo_fault fault = check_size(out, width, height);
    if (fault != DESK_PHOTO_FINE)
        return fault;
    tjscalingfactor scale = scale_of(width, height);
    cairo_surface_t *s = canvas(TJSCALED(width, scale), TJSCALED(height, scale));
    if (!s)
        return off(out, DESK_PHOTO_FAILED, "no memory");
    // A file that ends too early is only a warning to the library; hundreds of scans are a way to keep it busy for hours.
    if (tjDecompress2(h, bytes, size, cairo_image_surface_get_data(s), TJSCALED(width, scale), cairo_image_surface_get_stride(s),
                      TJSCALED(height, scale), TJPF_BGRX, TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT) != 0) {
        cairo_surface_destroy(s);
        return off(out, DESK_PHOTO_DAMAGED, "is a damaged JPEG: %.120s", tjGetErrorStr2(h));
    }
    *picture = s;
    return DESK_PHOTO_FINE;
}

// ---- PNG ---------------------------------------------------------------------------------------------------------------

static uint32_t big_endian(const unsigned char *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

// What of a PNG its pixels need. All else, in which megabytes may be packed, libpng never sees. False: an animation.
static bool keep_pixels(const unsigned char *bytes, size_t size, base_text *out) {
    static const char needed[][5] = {"IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "IDAT", "IEND"};
    enum { AROUND = 12 }; // length, name and checksum of a chunk
    size_t at = 8;
    base_text_add_bytes(out, (const char *)bytes, at);
    while (size - at >= AROUND) {
        size_t length = big_endian(bytes + at), i = 0;
        if (memcmp(bytes + at + 4, "acTL", 4) == 0)
            return false;
        while (i < BASE_COUNT(needed) && memcmp(bytes + at + 4, needed[i], 4) != 0)
            i++;
        length = length > size - at - AROUND ? size - at : length + AROUND; // one that ends too early is libpng's to tell
        if (i < BASE_COUNT(needed))
            base_text_add_bytes(out, (const char *)bytes + at, length);
        at += length;
    }
    return true;
}

static void put_on_white(cairo_surface_t *s, int width, int height) {
    for (int y = 0; y < height; y++) {
        unsigned char *p = cairo_image_surface_get_data(s) + (size_t)y * (size_t)cairo_image_surface_get_stride(s);
        for (int x = 0; x < width; x++, p += 4)
            for (int k = 0; k < 3; k++)
                p[k] = (unsigned char)((p[k] * p[3] + 255 * (255 - p[3]) + 127) / 255);
    }
}

static desk_photo_fault read_pixels(const base_text *png, desk_photo_images *out, cairo_surface_t **picture) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, png->data, png->length))
        return off(out, DESK_PHOTO_DAMAGED, "cannot be read as a PNG: %.60s", image.message);
    desk_photo_fault fault = check_size(out, image.width, image.height);
    int width = (int)image.width, height = (int)image.height;
    cairo_surface_t *s = fault == DESK_PHOTO_FINE ? canvas(width, height) : NULL;
    if (!s) {
        png_image_free(&image);
        return fault != DESK_PHOTO_FINE ? fault : off(out, DESK_PHOTO_FAILED, "no memory");
    }
    bool has_alpha = image.format & PNG_FORMAT_FLAG_ALPHA;
    image.format = PNG_FORMAT_BGRA;
    image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; // as cameras mean it, where the file says nothing
    if (!png_image_finish_read(&image, NULL, cairo_image_surface_get_data(s), cairo_image_surface_get_stride(s), NULL)) {
        cairo_surface_destroy(s);
        return off(out, DESK_PHOTO_DAMAGED, "is a damaged PNG: %.60s", image.message);
    }
    if (has_alpha)
        put_on_white(s, width, height);
    *picture = s;
    return DESK_PHOTO_FINE;
}

static desk_photo_fault read_png(const unsigned char *bytes, size_t size, desk_photo_images *out, cairo_surface_t **picture) {
    base_text png = {0};
    bool is_still = keep_pixels(bytes, size, &png);
    desk_photo_fault fault = !is_still    ? off(out, DESK_PHOTO_MOVES, "is an animation, expected a picture that stands still")
                             : png.failed ? off(out, DESK_PHOTO_FAILED, "no memory")
                                          : read_pixels(&png, out, picture);
    base_text_release(&png);
    return fault;
}

// ---- upright, smaller, encoded anew ----------------------------------------------------------------------------------------

// Where a point of a picture of w x h stands when it is upright.
static cairo_matrix_t turn_of(int orientation, double w, double h) {
    static const signed char way[9][4] = {{1, 0, 0, 1}, {1, 0, 0, 1},  {-1, 0, 0, 1}, {-1, 0, 0, -1}, {1, 0, 0, -1}, // xx yx xy yy
                                          {0, 1, 1, 0}, {0, 1, -1, 0}, {0, -1, -1, 0}, {0, -1, 1, 0}};
    const signed char *m = way[orientation];
    double x0 = m[0] < 0 ? w : m[2] < 0 ? h : 0, y0 = m[3] < 0 ? h : m[1] < 0 ? w : 0;
    cairo_matrix_t turn;
    cairo_matrix_init(&turn, m[0], m[1], m[2], m[3], x0, y0);
    return turn;
}

static cairo_surface_t *render(cairo_surface_t *from, int orientation, int width, int height) {
    cairo_surface_t *to = canvas(width, height);
    if (!to)
        return NULL;
    int w = cairo_image_surface_get_width(from), h = cairo_image_surface_get_height(from);
    bool is_turned = orientation >= 5;
    cairo_matrix_t turn = turn_of(orientation, w, h);
    cairo_t *c = cairo_create(to);
    cairo_scale(c, (double)width / (is_turned ? h : w), (double)height / (is_turned ? w : h));
    cairo_transform(c, &turn);
    cairo_set_source_surface(c, from, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(c), CAIRO_FILTER_GOOD); // averages over all pixels that become one
    cairo_pattern_set_extend(cairo_get_source(c), CAIRO_EXTEND_PAD);
    cairo_paint(c);
    bool done = cairo_status(c) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(c);
    cairo_surface_flush(to);
    if (done)
        return to;
    cairo_surface_destroy(to);
    return NULL;
}

static bool encode(cairo_surface_t *s, desk_photo_image *out) {
    tjhandle h = tjInitCompress();
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    int width = cairo_image_surface_get_width(s), height = cairo_image_surface_get_height(s);
    bool done = h && tjCompress2(h, cairo_image_surface_get_data(s), width, cairo_image_surface_get_stride(s), height, TJPF_BGRX, &jpeg,
                                 &size, TJSAMP_420, QUALITY, TJFLAG_PROGRESSIVE | TJFLAG_ACCURATEDCT) == 0;
    *out = (desk_photo_image){width, height, done ? malloc(size) : NULL, size};
    if (out->bytes)
        memcpy(out->bytes, jpeg, size);
    tjFree(jpeg);
    if (h)
        tjDestroy(h);
    return out->bytes != NULL;
}

static int scaled(int side, int longest, int most) {
    int n = (int)(((int64_t)side * most + longest / 2) / longest);
    return n < 1 ? 1 : n;
}

// The smaller ones are made of the largest, which is upright.
static desk_photo_fault make_sizes(cairo_surface_t *picture, int orientation, desk_photo_images *out) {
    int w = cairo_image_surface_get_width(picture), h = cairo_image_surface_get_height(picture);
    int width = orientation >= 5 ? h : w, height = orientation >= 5 ? w : h, longest = width > height ? width : height;
    int most = longest < DESK_PHOTO_SIDE_MAX ? longest : DESK_PHOTO_SIDE_MAX;
    cairo_surface_t *large = render(picture, orientation, scaled(width, longest, most), scaled(height, longest, most));
    bool done = large != NULL;
    for (int i = 0; done && i < DESK_PHOTO_SIZES && (i == 0 || sides[i - 1] < most); i++) {
        int side = sides[i] < most ? sides[i] : most;
        cairo_surface_t *s = side == most ? cairo_surface_reference(large) : render(large, 1, scaled(width, longest, side), scaled(height, longest, side));
        done = s && encode(s, &out->list[i]);
        out->count += done;
        cairo_surface_destroy(s);
    }
    cairo_surface_destroy(large);
    if (done)
        return DESK_PHOTO_FINE;
    desk_photo_release(out);
    return off(out, DESK_PHOTO_FAILED, "no memory");
}

desk_photo_fault desk_photo_decode(const unsigned char *bytes, size_t size, desk_photo_images *out) {
    static const unsigned char jpeg[] = {0xff, 0xd8, 0xff}, png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    cairo_surface_t *picture = NULL;
    int orientation = 1;
    desk_photo_fault fault;
    *out = (desk_photo_images){.count = 0};
    if (size > DESK_PHOTO_BYTES_MAX)
        return off(out, DESK_PHOTO_LARGE, "has %zu bytes, expected at most %d", size, DESK_PHOTO_BYTES_MAX);
    if (size >= sizeof jpeg && memcmp(bytes, jpeg, sizeof jpeg) == 0) {
        tjhandle h = tjInitDecompress();
        fault = h ? read_jpeg(h, bytes, size, out, &picture) : off(out, DESK_PHOTO_FAILED, "no memory");
        if (h)
            tjDestroy(h);
        if (fault == DESK_PHOTO_FINE)
            orientation = orientation_of(bytes, size);
    } else if (size >= sizeof png && memcmp(bytes, png, sizeof png) == 0)
        fault = read_png(bytes, size, out, &picture);
    else
        fault = off(out, DESK_PHOTO_TYPE, "is neither a JPEG nor a PNG");
    if (fault != DESK_PHOTO_FINE)
        return fault;
    cairo_surface_mark_dirty(picture);
    fault = make_sizes(picture, orientation, out);
    cairo_surface_destroy(picture);
    return fault;
}
