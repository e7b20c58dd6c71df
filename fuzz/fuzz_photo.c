// fuzz_photo.c - any bytes as a photograph: refused with a reason, or small JPEG files without anything but pixels.
#include <stdlib.h>

#include "desk/photo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Only what a picture of that kind needs: no application data but JFIF's own 14 bytes, no comment, nothing behind the end.
static void check_bare(const desk_photo_image *m) {
    size_t at = 2;
    if (m->size < 4 || m->bytes[0] != 0xff || m->bytes[1] != 0xd8 || m->bytes[m->size - 2] != 0xff || m->bytes[m->size - 1] != 0xd9)
        abort();
    while (at + 4 <= m->size && m->bytes[at + 1] != 0xda) {
        size_t length = (size_t)m->bytes[at + 2] << 8 | m->bytes[at + 3];
        unsigned char marker = m->bytes[at + 1];
        if (m->bytes[at] != 0xff || marker == 0xfe || marker > 0xe0 + 15 || (marker > 0xe0 && marker < 0xf0) || (marker == 0xe0 && length != 16))
            abort();
        at += 2 + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    desk_photo_images images;
    desk_photo_fault fault = desk_photo_decode(data, size, &images);
    if ((fault == DESK_PHOTO_FINE) != (images.count > 0) || (fault != DESK_PHOTO_FINE && !images.message[0]))
        abort();
    for (int i = 0; i < images.count; i++) {
        const desk_photo_image *m = &images.list[i];
        if (m->width < 1 || m->height < 1 || m->width > DESK_PHOTO_SIDE_MAX || m->height > DESK_PHOTO_SIDE_MAX)
            abort();
        check_bare(m);
    }
    desk_photo_release(&images);
    return 0;
}
