/* openssl_shell.h: real certificates for tests, made by the openssl command line, which shares nothing with the adapter but the
 * library below.
 */
#ifndef OPENSSL_SHELL_H
#define OPENSSL_SHELL_H

#include <stdbool.h>
#include <stddef.h>

/* openssl_is_there: whether there is an openssl of version 3 or above; says so on stderr where there is none. */
bool openssl_is_there(void);

/* shell: runs a line of sh in |folder|. Aborts, showing what it said, when it fails. */
void shell(const char *folder, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* shell_says: the first line it prints, without the line feed, in |to|. */
void shell_says(char *to, size_t room, const char *folder, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* read_whole: a file of |folder|, terminated; free it. Aborts when it is not there. */
char *read_whole(const char *folder, const char *name, size_t *size);

/* write_whole: the other way. */
void write_whole(const char *folder, const char *name, const void *bytes, size_t size);

/* make_ca: name.key and name.pem, a root that signs itself: EC P-256, ten years. |more| is appended to `openssl req -x509` and
 * may be "". */
void make_ca(const char *folder, const char *name, const char *more);

/* sign_request: out.pem, made of request.csr by |issuer|. */
void sign_request(const char *folder, const char *request, const char *issuer, const char *out, int days, const char *extensions);

/* make_leaf: name.key and name.pem, P-256, under |issuer| for |days|; |extensions| are lines of an extension file, a CA's too. */
void make_leaf(const char *folder, const char *name, const char *issuer, int days, const char *extensions);

#endif
