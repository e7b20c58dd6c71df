// model_photos.h - photographs beside the model of the desk: a list in its order, and every act on it.
//
// Pictures are few, so that one comes again and is refused; each act is sent twice now and then. Afterwards the desk's list
// is that of the model: order, places, days, texts, images, and which are shown.
#ifndef TEST_DESK_MODEL_PHOTOS_H
#define TEST_DESK_MODEL_PHOTOS_H

#include <stdbool.h>
#include <stddef.h>

#include "desk/desk.h"

void photos_begin(void); // of a run: there are none
int photos_quit(void);   // after the last run; what never came about
// An act; false where the model and the desk differ, told in `trouble`. `number` makes its key.
bool photos_act(desk *d, const unsigned *r, int number, char *trouble, size_t size);
// A copy of the desk at `url` has the same photographs, to the byte.
bool photos_are_copied(desk *d, const char *url, char *trouble, size_t size);

// Asks the desk something; takes the request, and the answer is the caller's.
json_t *m_ask(desk *d, json_t *request);

#endif
