// text.h - a text that many answers read at once: made once, packed once, gone with its last reader.
#ifndef SERVE_TEXT_H
#define SERVE_TEXT_H

#include "serve/request.h"

typedef struct serve_text serve_text;

serve_text *serve_text_create(const char *data, size_t length); // NULL: no memory
serve_text *serve_text_hold(serve_text *t);                      // one more reader; of a text that the caller holds
void serve_text_release(serve_text *t);
const char *serve_text_data(const serve_text *t);
// Answers q with it, packed where the caller takes that. Takes the caller's hold; NULL: no memory.
void serve_text_answer(serve_request *q, serve_text *t, const char *type);

#endif
