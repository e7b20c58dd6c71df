// pages.h - the browser pages that a build carries: src/report/pages.py writes their bytes as C from web/dist.
#ifndef REPORT_PAGES_H
#define REPORT_PAGES_H

#include <stddef.h>

extern const unsigned char report_page[]; // web/dist/report.html
extern const size_t report_page_bytes;    // 0 where the build has no pages

#endif
