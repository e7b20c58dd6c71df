// news.h - which acts came since one looked: how a server notices what other processes do on its desk.
#ifndef DESK_NEWS_H
#define DESK_NEWS_H

#include "desk/desk.h"

// Calls `hear` once for each kind of act that was journalled after entry *entry, and moves *entry on. Below 0: nothing
// is heard, *entry becomes the last one. Of any thread but the writer.
PISTE_CHECKED piste_status desk_news(desk *d, int64_t *entry, void (*hear)(void *context, const char *act), void *context);

#endif
