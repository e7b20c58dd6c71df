// picture.h - photographs for tests: PNG files, each of another picture, and the process in which they are decoded.
//
//     int main(int argc, char **argv) {
//         if (picture_is_process(argc, argv)) _exit(desk_photo_process());     // as the program does: there is nothing to be tidied
#ifndef TEST_DESK_PICTURE_H
#define TEST_DESK_PICTURE_H

#include "test.h"

#include <png.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/photo.h"

// A test is the program in which its desk decodes photographs.
static inline bool picture_is_process(int argc, char **argv) {
    return argc == 2 && strcmp(argv[1], "--photo-process") == 0;
}

// A PNG in base64, of so many pixels a side: fine patterns, so that what is kept of it takes several pages of a database.
// The caller frees it.
static inline char *picture_make(unsigned number, unsigned side) {
    png_image image = {.version = PNG_IMAGE_VERSION, .width = side, .height = side, .format = PNG_FORMAT_GRAY};
    unsigned char *pixels = malloc((size_t)side * side);
    assert_non_null(pixels);
    for (unsigned y = 0; y < side; y++)
        for (unsigned x = 0; x < side; x++)
            pixels[y * side + x] = (unsigned char)(((x * (number % 7 + 2)) ^ (y * (number % 5 + 3))) + 17 * number);
    png_alloc_size_t size = 0;
    assert_true(png_image_write_get_memory_size(image, size, 0, pixels, 0, NULL));
    unsigned char *file = malloc(size);
    assert_non_null(file);
    assert_true(png_image_write_to_memory(&image, file, &size, 0, pixels, 0, NULL));
    size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL);
    char *coded = malloc(room);
    assert_non_null(coded);
    sodium_bin2base64(coded, room, file, size, sodium_base64_VARIANT_ORIGINAL);
    free(pixels);
    free(file);
    return coded;
}

#endif
