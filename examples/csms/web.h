/* web.h: the pages of the browser: files that lie in web/ and were put into the program when it was built (web_embed.cmake). */
#ifndef CSMS_WEB_H
#define CSMS_WEB_H

#include <stdbool.h>
#include <stddef.h>

struct request;

/* web_file: one file. |tag| is its entity tag, with its quotes. */
struct web_file {
    const char *path; /* "/shared/api.js" */
    const char *type;
    const char *tag;
    const unsigned char *bytes;
    size_t size;
};

extern const struct web_file web_files[]; /* by path */
extern const size_t web_file_count;

/* web_find: the file a path names, a folder's being its index.html; NULL: there is none. */
const struct web_file *web_find(const char *path);

/* web_tag_matches: whether the list of an If-None-Match header (may be NULL) names |tag|. */
bool web_tag_matches(const char *list, const char *tag);

/* web_serve: answers where the path is a file's, or nothing that a program asks for (then 404, as a page); false: it is neither.
 * The files hold nothing of anybody, so they are for everybody; what they show they ask the interface for. */
bool web_serve(struct request *request);

#endif
