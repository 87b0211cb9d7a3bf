/* not_built.h: what a program that was built without the settlement extension answers where it would serve something of it. */
#ifndef CSMS_NOT_BUILT_H
#define CSMS_NOT_BUILT_H

#include "http.h"

void not_built(const struct request *request);

/* Each route that needs the extension says so. */
#define NOT_BUILT(name)                                                                                                          \
    void name(struct request *request)                                                                                           \
    {                                                                                                                            \
        not_built(request);                                                                                                      \
    }

#endif
