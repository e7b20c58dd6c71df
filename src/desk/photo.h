// photo.h - captioned photographs of the resort. Whatever a file holds, its pixels alone are kept.
//
// The bytes of an upload are nobody's friend. They are decoded, turned upright, made smaller and encoded anew in a process
// of its own, which may take so much memory and time, and may neither open a file nor speak to anybody (photo_process.c).
// So neither EXIF nor GPS, neither a comment, a thumbnail nor a colour profile, and nothing that stood behind the picture
// comes into the database. What the process gives back are JPEG files of at most DESK_PHOTO_SIDE_MAX pixels.
//
//     piste desk photo-add file=hall.jpg place=rental-hall texts.language=en texts.caption="The hall" texts.alternative="Skis in racks"
//
// The journal has the digests of what is kept, by which the audit proves every byte. Taking a photograph away erases its
// bytes; the digests stay. One without texts is shown to nobody but the office.
#ifndef DESK_PHOTO_H
#define DESK_PHOTO_H

#include "desk/people.h"

enum {
    DESK_PHOTO_BYTES_MAX = 12 * 1024 * 1024, // of a file
    DESK_PHOTO_PIXELS_MAX = 50 * 1000 * 1000,
    DESK_PHOTO_EDGE_MIN = 64, DESK_PHOTO_EDGE_MAX = 20000,
    DESK_PHOTO_SIDE_MAX = 1600, // of what is kept
    DESK_PHOTO_SIZES = 3,
    DESK_PHOTOS_MAX = 500,
    DESK_PHOTO_DIGEST = 32,
    DESK_PHOTO_LANGUAGES = 5,
};

typedef enum desk_photo_fault { // why a file is not taken
    DESK_PHOTO_FINE,
    DESK_PHOTO_TYPE,    // neither JPEG nor PNG, whatever its name says
    DESK_PHOTO_DAMAGED, // ends too early, or is wrong inside
    DESK_PHOTO_LARGE,   // bytes, pixels or a side beyond the limits, or too small to be seen
    DESK_PHOTO_COLOURS, // made for printing: CMYK
    DESK_PHOTO_MOVES,   // an animation
    DESK_PHOTO_FAILED,  // no memory, no time, no process
} desk_photo_fault;
const char *desk_photo_reason(desk_photo_fault fault); // "photo_type"

typedef struct desk_photo_image {
    int32_t width, height;
    unsigned char *bytes;
    size_t size;
} desk_photo_image;

typedef struct desk_photo_images { // from the smallest to the largest
    desk_photo_image list[DESK_PHOTO_SIZES];
    int count;
    char message[200]; // what is wrong
} desk_photo_images;
void desk_photo_release(desk_photo_images *images);

// photo_decode.c: a file's bytes as JPEG files of up to three sizes. Never larger than the file's own.
desk_photo_fault desk_photo_decode(const unsigned char *bytes, size_t size, desk_photo_images *out);
// photo_process.c: the same in a process of its own, at most so many milliseconds long. Any thread.
desk_photo_fault desk_photo_make(const unsigned char *bytes, size_t size, desk_photo_images *out);
// That process: reads a file from standard input, writes what came of it to standard output; its exit code, with which it
// ends at once: there is nothing to be tidied, and much that is forbidden.
int desk_photo_process(void);

// photo.c
// The bytes of an image by the digest of them; the caller frees them. PISTE_NOT_FOUND.
PISTE_CHECKED piste_status desk_photo_read(desk *d, const unsigned char digest[DESK_PHOTO_DIGEST], unsigned char **bytes, size_t *size);
// The part of the audit that is about photographs: what is kept is what the journal says.
PISTE_CHECKED piste_status desk_photos_audit(store_db *db, void (*tell)(void *context, const char *text), void *context);

// What is told of a photograph, among the fields of an act.
#define DESK_PHOTO_ABOUT                                                                                                          \
    {"texts", DESK_LIST, false, 0, DESK_PHOTO_LANGUAGES, desk_photo_text_fields, "captions, in place of those before; without any it is not shown"},  \
    {"place", DESK_SLUG, false, 0, 64, NULL, "the key of the place, lift, run or venue that it shows; empty: none"},     \
    {"taken", DESK_TEXT, false, 0, 10, NULL, "the day when it was taken, as 2019-02-02; empty: not known"},              \
    {"before", DESK_INT, false, 0, INT64_MAX, NULL, "the photograph that follows it; 0: it is the last"}
extern const char desk_photo_tables[];
extern const desk_field desk_photo_text_fields[], desk_photo_add_fields[], desk_photo_change_fields[], desk_photo_remove_fields[], desk_photos_fields[],
    desk_photos_answer[];
piste_status desk_photo_before(desk_call *c); // the file becomes images, on the caller's thread
piste_status desk_photo_remove_after(desk_call *c);
piste_status desk_photo_add_run(desk_act *a);
piste_status desk_photo_change_run(desk_act *a);
piste_status desk_photo_remove_run(desk_act *a);
piste_status desk_photos_run(desk_act *a);

#endif
