// assets.h - the browser pages as the program carries them (written by src/serve/assets.py from web/dist/app).
#ifndef SERVE_ASSETS_H
#define SERVE_ASSETS_H

#include <stddef.h>

typedef struct serve_asset {
    const char *path; // "/index.html"
    const char *type;
    const char *tag;  // of its contents, in quotes
    const unsigned char *data; // gzip
    size_t length;             // of it
    size_t plain_length;
    int is_named_by_contents;  // its name changes when it does: kept for ever
} serve_asset;

extern const serve_asset serve_assets[];
extern const int serve_asset_count; // 0 in a build without pages

#endif
